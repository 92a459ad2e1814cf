"""A member whom an organisation has sent, and the branch has confirmed."""

import pytest

from tests.volunteers.service import service_factories as serve
from tests.volunteers.service.duty.test_months import REPORTED


@pytest.fixture
def member(cast):
    participant = serve.participant(cast.compound, cast.member)
    serve.report_in(
        cast, participant, employer=serve.employer(name="市水务局"), reported_at=REPORTED,
        confirmed_at=REPORTED,
    )  # fmt: skip
    return participant
