"""The proof after a soak sees messages that never left, also inside a bundle."""

import pytest

from bench.soak_proof import arrived, told_once
from orgs.notifications import notifications as notifications_notifications
from orgs.notifications.notifications import NewNotice
from tasks.workflow import notifications as workflow_notifications
from tests import factories as make
from tests.receiver import receiving


@pytest.fixture
def sent(cast, settings):
    """Two notices that went out to one person as one message; what arrived."""
    settings.QUIET_HOURS = ""
    data = {"action": "accept", "number": "HZ1", "title": "有车乱停", "place": "翡翠一品小区"}
    with receiving() as receiver:
        settings.NOTICE_CHANNELS = {"json": f"json://127.0.0.1:{receiver.port}/{{username}}"}
        tellings = [
            NewNotice(workflow_notifications.WORK, key, cast.owner.pk, "", data)
            for key in ("one", "two")
        ]
        notifications_notifications.notify(tellings, now=make.NOW)
        assert notifications_notifications.deliver(now=make.NOW) == 2
    (message,) = receiver.messages
    return arrived(message["title"], message["message"])


def test_what_arrived_whole_is_well(sent):
    assert sent.notices == 2
    assert list(told_once([sent], make.NOW)) == []


def test_a_bundle_that_arrived_with_less_is_wrong(sent):
    for received in ([], [sent._replace(notices=1)]):
        assert list(told_once(received, make.NOW)) == [
            f"message {sent.key} of 2 notices: sent, never arrived so"
        ]
