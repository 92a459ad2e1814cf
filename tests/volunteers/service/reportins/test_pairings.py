"""Pairings and the two reports (双报到、双报告)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from tests import factories as make
from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from volunteers.service.models import Pairing
from volunteers.service.reportins import pairings, reportins

pytestmark = pytest.mark.django_db


@pytest.fixture
def employer(cast):
    superior = serve.employer(name="市直机关工委")
    return serve.employer(name="市水务局机关党委", parent=superior)


@pytest.fixture
def officer(cast, employer):
    return _officer(employer)


def _officer(organisation):
    person = make.user(name="组织委员")
    make.position(person, Role.EMPLOYER, organisation)
    return person


def pair(cast, employer, by=None, **values):
    defaults = {"unit": cast.community, "text": "每季度义诊", "starts": NOW.date(), "now": NOW}
    return pairings.pair(organisation=employer, by=by or cast.community_worker, **defaults | values)


def test_paired_once_ended_and_paired_anew(cast, employer):
    first = pair(cast, employer)
    with pytest.raises(WrongState) as refused:
        pair(cast, employer)
    assert refused.value.code == "paired"
    pairings.end_pairing(pairing=first, by=cast.community_worker, now=NOW)
    with pytest.raises(WrongState):
        pairings.end_pairing(pairing=first, by=cast.community_worker, now=NOW)
    assert pair(cast, employer) != first


def test_what_is_refused(cast, employer):
    with pytest.raises(NotAllowed):
        pair(cast, employer, by=cast.owner)
    with pytest.raises(Refused):
        pair(cast, employer, unit=cast.compound)
    with pytest.raises(Refused):
        pair(cast, employer, text=" ")
    assert not Pairing.objects.exists()


def test_a_unit_reports_yearly_to_its_superior(cast, employer, officer):
    pairing = pair(cast, employer)
    words = {"pairing": pairing, "period": "2026", "text": "义诊四次", "now": NOW}
    with pytest.raises(NotAllowed):
        pairings.report_of_unit(by=cast.community_worker, **words)
    report = pairings.report_of_unit(by=officer, **words)
    assert report.to == employer.parent
    with pytest.raises(WrongState) as refused:
        pairings.report_of_unit(by=officer, **words)
    assert refused.value.code == "already_reported"
    for period in ("2027", "2026-H1", "x"):
        with pytest.raises(Refused):
            pairings.report_of_unit(by=officer, **words | {"period": period})
    above = _officer(employer.parent)
    with pytest.raises(NotAllowed):
        pairings.receive(report=report, by=officer, now=NOW)
    assert pairings.receive(report=report, by=above, now=NOW).received_by == above
    with pytest.raises(WrongState):
        pairings.receive(report=report, by=above, now=NOW)


def test_a_member_reports_every_half_year_to_the_own_branch(cast, employer, officer):
    row = reportins.report(unit=cast.compound, organisation=employer, by=cast.owner, now=NOW)
    words = {"report_in": row, "period": "2026-H1", "text": "参加活动六次", "now": NOW}
    with pytest.raises(NotAllowed):
        pairings.report_of_member(by=cast.member, **words)
    report = pairings.report_of_member(by=cast.owner, **words)
    assert report.to == employer
    assert pairings.receive(report=report, by=officer, now=NOW).received_at == NOW


def test_who_sees_a_pairing(cast, employer, officer):
    pair(cast, employer)
    people = (cast.community_worker, cast.street_cadre, officer, cast.sibling_worker, cast.owner)
    assert [Pairing.objects.visible_to(one).count() for one in people] == [1, 1, 1, 0, 0]


def test_over_the_api_and_on_pages(api, page, cast, employer, officer):
    body = {
        "unit": cast.community.code, "organisation": employer.code, "text": "义诊",
        "starts": "2026-03-01",
    }  # fmt: skip
    made = api(cast.community_worker).post("/api/v1/pairings/", body, format="json")
    assert made.status_code == 201
    address = f"/api/v1/pairings/{made.json()['id']}/"
    report = {"period": "2026", "text": "义诊四次"}
    assert api(officer).post(f"{address}reports/", report, format="json").status_code == 201
    client = page(cast.community_worker)
    assert employer.name in client.get(reverse("service:pairings")).content.decode()
    assert client.get(reverse("service:pair", args=[cast.community.code])).status_code == 200
    other = serve.employer(name="市医院党委")
    day = (NOW + timedelta(days=1)).date().isoformat()
    given = {"organisation": other.name, "text": "送医", "starts": day}
    assert (
        client.post(reverse("service:pair", args=[cast.community.code]), given).status_code == 302
    )
    ending = reverse("service:pairing_end", args=[made.json()["id"]])
    assert client.get(ending).status_code == 200
    assert api(cast.community_worker).post(f"{address}end/", {}, format="json").status_code == 200
