"""Contacts of reports opened at the same moment: one day's limit over contacts and the roll."""

from collections import Counter

import pytest

from residents.enums import PrivateField
from residents.models import Unmasking
from residents.privacy import unmasking
from tasks.enums import Status
from tasks.workflow import contacts
from tests import factories as make
from tests.services.outcomes import outcome

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4


def test_the_days_limit_holds_over_contacts_and_people_at_once(cast, at_once, settings):
    settings.UNMASKINGS_A_DAY = 3
    task = make.task(cast, Status.DISPATCHED)
    person = make.resident(cast.building, phone="13900001234")
    by, now = cast.community_worker, make.NOW
    call = outcome(lambda: contacts.reveal(task=task, purpose="约时间上门", by=by, now=now))
    look = outcome(
        lambda: unmasking.reveal(
            person=person, field=PrivateField.PHONE, purpose="核对电话号码", by=by, now=now
        )
    )
    found = Counter(at_once(*[call] * AT_ONCE, *[look] * AT_ONCE))
    assert found == {"done": 3, "too_often": 5}
    assert Unmasking.objects.count() == 3
