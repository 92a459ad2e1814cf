"""An activity that people check in to."""

from datetime import timedelta

import pytest

from tests.factories import NOW
from tests.volunteers.service import service_factories as serve

START = NOW + timedelta(days=1)
END = START + timedelta(hours=2)


@pytest.fixture
def activity(cast):
    """Published before it begins, two hours, the member and the volunteer have places."""
    made = serve.activity(cast, state="published", starts_at=START, ends_at=END)
    made.member = serve.participant(cast.compound, cast.member)
    made.volunteer = serve.participant(cast.compound, cast.volunteer)
    serve.sign_up(made, made.member, 1)
    serve.sign_up(made, made.volunteer, 2)
    return made
