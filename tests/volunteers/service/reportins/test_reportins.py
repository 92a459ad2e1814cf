"""Reporting in once, the branch's receipt, moving with one's hours, certificates that cannot be forged."""

from datetime import timedelta

import pytest

from orgs.audit import audit
from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Position
from tests import factories as make
from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from volunteers.service.enums import ServantKind
from volunteers.service.models import Certificate, Participant, ReportIn
from volunteers.service.reportins import certificates, notifications, reportins
from volunteers.service.reportins.participants import enter, join, participant_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def employer(cast):
    return serve.employer(name="市水务局机关党委")


def report(cast, by=None, **values):
    defaults = {"unit": cast.compound, "now": NOW}
    return reportins.report(by=by or cast.owner, **defaults | values)


def test_a_member_reports_in_once_and_gets_a_certificate(cast, employer):
    row = report(cast, organisation=employer)
    assert (row.state, row.branch, row.participant.account) == ("reported", cast.branch, cast.owner)
    assert row.certificate.payload["employer"] == employer.name
    with pytest.raises(WrongState) as refused:
        report(cast, organisation=employer)
    assert refused.value.code == "already_reported_in"
    assert (ReportIn.objects.count(), Participant.objects.count()) == (1, 1)


def test_from_a_building_it_is_the_compound(cast, employer):
    assert report(cast, unit=cast.building, organisation=employer).unit == cast.compound


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "no_organisation"),
        ({"kind": ServantKind.COURIER}, "no_platform"),
        ({"unit": "community"}, "wrong_place"),
        ({"unit": "other_compound", "kind": ServantKind.VOLUNTEER}, "no_branch"),
    ],
)
def test_what_is_refused(cast, values, code):
    if "unit" in values:
        values = values | {"unit": getattr(cast, values["unit"])}
    with pytest.raises(Refused) as refused:
        report(cast, **values)
    assert refused.value.code == code
    assert not ReportIn.objects.exists()


def test_the_branch_confirms_and_the_role_follows(cast, employer):
    row = report(cast, organisation=employer)
    with pytest.raises(NotAllowed):
        reportins.confirm(reportin=row, by=cast.sibling_worker, now=NOW)
    row = reportins.confirm(reportin=row, by=cast.secretary, now=NOW)
    assert (row.state, row.confirmed_by) == ("confirmed", cast.secretary)
    assert row.position.role == Role.PARTY_MEMBER
    assert row.position.unit == cast.compound
    with pytest.raises(WrongState):
        reportins.confirm(reportin=row, by=cast.secretary, now=NOW)


def test_a_courier_is_a_volunteer_once_verified(cast):
    row = report(cast, kind=ServantKind.COURIER, platform="某外卖平台")
    assert not Position.objects.filter(user=cast.owner).exists()
    row = reportins.confirm(reportin=row, by=cast.community_worker, now=NOW)
    assert row.position.role == Role.VOLUNTEER


def test_nobody_confirms_their_own(cast, employer):
    row = report(cast, by=cast.secretary, organisation=employer)
    with pytest.raises(NotAllowed):
        reportins.confirm(reportin=row, by=cast.secretary, now=NOW)


def test_a_refused_one_is_read_on_the_certificate_and_may_be_tried_again(cast, employer):
    row = report(cast, organisation=employer)
    with pytest.raises(Refused):
        reportins.refuse(reportin=row, reason="​ ", by=cast.secretary, now=NOW)
    row = reportins.refuse(reportin=row, reason="组织关系不符", by=cast.secretary, now=NOW)
    assert row.state == "refused"
    assert Certificate.objects.get().revoked_because == "组织关系不符"
    assert report(cast, organisation=employer).state == "reported"


def test_a_move_carries_the_hours_along(cast, employer):
    branch = make.branch([cast.other_compound])
    row = report(cast, organisation=employer)
    row = reportins.confirm(reportin=row, by=cast.secretary, now=NOW)
    account = serve.minutes_account(row.participant, balance=120)
    later = NOW + timedelta(days=40)
    moved = reportins.move(reportin=row, unit=cast.other_compound, by=cast.owner, now=later)
    row.refresh_from_db()
    assert (row.state, row.ended_at) == ("moved", later)
    assert row.position.ends == later.date()
    assert (moved.follows, moved.branch, moved.state) == (row, branch, "reported")
    assert moved.participant.minutes_accounts.get() == account
    assert moved.participant.place == cast.other_compound


def test_who_leaves_and_comes_back_the_same_day_serves_again_from_the_next(cast, employer):
    row = report(cast, organisation=employer)
    row = reportins.confirm(reportin=row, by=cast.secretary, now=NOW)
    reportins.end(reportin=row, reason="误操作", by=cast.owner, now=NOW)
    again = report(cast, organisation=employer)
    again = reportins.confirm(reportin=again, by=cast.secretary, now=NOW)
    assert again.position.starts == NOW.date() + timedelta(days=1)


def test_nobody_moves_to_where_they_are(cast, employer):
    row = report(cast, organisation=employer)
    with pytest.raises(Refused) as refused:
        reportins.move(reportin=row, unit=cast.building, by=cast.owner, now=NOW)
    assert refused.value.code == "same_place"
    row.refresh_from_db()
    assert row.state == "reported"


def test_the_desk_reports_in_who_has_no_telephone(cast, employer):
    who = enter(name="老  张", place=cast.compound, by=cast.secretary, now=NOW)
    row = report(cast, by=cast.secretary, participant=who, organisation=employer)
    row = reportins.confirm(reportin=row, by=cast.community_worker, now=NOW)
    assert (row.participant.name, row.position, row.state) == ("老张", None, "confirmed")
    with pytest.raises(NotAllowed):
        report(cast, by=cast.owner, participant=who, organisation=employer)
    with pytest.raises(NotAllowed):
        enter(name="某人", place=cast.compound, by=cast.owner, now=NOW)


def test_the_same_name_and_telephone_is_the_same_person(cast):
    words = {"name": "张三", "phone": "13800001234", "place": cast.compound, "by": cast.secretary}
    assert enter(**words, now=NOW) == enter(**words, now=NOW)


def test_somebody_of_the_roll_is_one_participant(cast):
    person = make.resident(cast.building)
    found = participant_for(person=person, by=cast.secretary, now=NOW)
    assert found == participant_for(person=person, by=cast.community_worker, now=NOW)
    person.account = cast.owner
    person.save()
    assert join(account=cast.owner, place=cast.compound, now=NOW) == found
    with pytest.raises(NotAllowed):
        participant_for(person=person, by=cast.neighbour, now=NOW)


def test_a_broken_audit_keeps_nothing(cast, employer, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        report(cast, organisation=employer)
    assert not ReportIn.objects.exists()
    assert not Certificate.objects.exists()


def test_a_certificate_with_a_changed_figure_is_seen(cast, employer):
    certificate = report(cast, organisation=employer).certificate
    assert certificates.is_intact(certificate)
    certificate.payload["name"] = "别人"
    assert not certificates.is_intact(certificate)


def test_who_is_told(cast, employer):
    row = report(cast, organisation=employer)
    notifications.notify_of_entries(NOW)
    reportins.confirm(reportin=row, by=cast.secretary, now=NOW)
    notifications.notify_of_entries(NOW)
    told = {
        name: getattr(cast, name).notices.count()
        for name in ("secretary", "community_worker", "owner", "member")
    }
    assert told == {"secretary": 1, "community_worker": 1, "owner": 1, "member": 0}
