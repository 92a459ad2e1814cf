"""`load_demo` refuses where it would do harm."""

import pytest
from django.core.management import CommandError, call_command

from governance import demo
from orgs.errors import Refused
from orgs.models import District, User
from tests import factories as make


@pytest.mark.django_db
def test_needs_demo_mode(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("load_demo")
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_leaves_accounts_of_the_same_names_alone():
    make.user("owner", name="真业主")
    with pytest.raises(Refused) as refused:
        demo.load(now=make.NOW)
    assert refused.value.code == "demo_names_taken"
    assert District.objects.count() == 0


@pytest.mark.django_db
def test_force_gets_as_far_as_the_names(settings):
    settings.DEMO = False
    make.user("owner")
    with pytest.raises(CommandError, match="owner"):
        call_command("load_demo", force=True)
