"""Calling back, and signing in again, from several windows at the same moment."""

from collections import Counter

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from orgs.enums import Role
from orgs.models import UnsentForm
from tasks.calls import call_backs
from tasks.enums import Action, Outcome
from tasks.models import CallBackTry
from tests import factories as make
from tests.services.outcomes import outcome

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def test_a_reporter_is_noted_as_not_reached_once(cast, at_once):
    task = make.task(cast, by=cast.grid_worker, contact_phone="13971110001")
    task = make.act(task, Action.ACCEPT, cast.community_worker)
    done = {"outcome": Outcome.SOLVED, "text": "已换灯"}
    task = make.act(task, Action.RESOLVE, cast.community_worker, **done)
    task = make.act(task, Action.CONFIRM, cast.community_worker)
    colleagues = [make.user(f"colleague{number}", name="同事") for number in range(AT_ONCE)]
    for colleague in colleagues:
        make.position(colleague, Role.COMMUNITY_WORKER, cast.community)
    tries = [
        outcome(lambda by=by: call_backs.not_reached(task=task, by=by, now=make.NOW))
        for by in colleagues
    ]
    assert Counter(at_once(*tries)) == {"done": 1, "called_already": AT_ONCE - 1}
    assert CallBackTry.objects.count() == 1


def test_words_sent_twice_after_the_session_ended_are_kept_once(cast, at_once):
    client = Client()
    client.force_login(cast.owner, backend="orgs.backends.PositionBackend")
    client.get("/")
    Session.objects.all().delete()
    client.post("/me/profile/", {"name": "沈先生"})  # from here on the browser has its key

    def send():
        again = Client()
        again.cookies.load({name: one.value for name, one in client.cookies.items()})
        assert again.post("/me/profile/", {"name": "沈先生"}).status_code == 302

    assert Counter(at_once(*[outcome(send)] * AT_ONCE)) == {"done": AT_ONCE}
    assert UnsentForm.objects.count() == 1
