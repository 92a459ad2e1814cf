"""The same entry of a register, written by several at the same moment."""

import pytest

from orgs.models import AuditEntry, ServicePoint
from orgs.registers import rows
from tests import factories as make
from tests.services.outcomes import outcome

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def test_one_of_them_enters_it(cast, at_once):
    def enter():
        rows.add(
            row=ServicePoint(), unit=cast.community, kind="gas", name="燃气", phone="110",
            by=cast.community_worker, now=make.NOW,
        )  # fmt: skip

    answers = at_once(*[outcome(enter)] * AT_ONCE)
    assert answers.count("done") == ServicePoint.objects.count() == 1
    assert set(answers) <= {"done", "entered_meanwhile", "invalid"}
    assert AuditEntry.objects.filter(action="orgs.add_servicepoint").count() == 1


def test_an_entry_ends_once(cast, at_once):
    point = make.service_point(cast.community)

    def end():
        mine = ServicePoint.objects.get(pk=point.pk)
        rows.change(row=mine, ends=make.NOW.date(), by=cast.community_worker, now=make.NOW)

    assert sorted(at_once(*[outcome(end)] * AT_ONCE)) == ["done", *["ended"] * (AT_ONCE - 1)]
