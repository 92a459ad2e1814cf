"""Naming readers of care rosters: by whom, for whom, from when until when."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry
from orgs.positions import positions
from orgs.scoping import forget_reach
from residents.care import readers
from residents.enums import CareKind
from residents.models import CareEntry, CareReader
from tests import factories as make


def appoint(cast, who="community_worker", **values):
    position = getattr(cast, who).positions.get()
    return readers.appoint(
        **{
            "position": position, "unit": cast.community, "kinds": [CareKind.ALLOWANCE],
            "starts": date(2026, 1, 1), "by": cast.street_cadre, "now": make.NOW,
        }
        | values
    )  # fmt: skip


@pytest.fixture
def entry(cast):
    return make.care_entry(make.resident(cast.building), CareKind.ALLOWANCE)


def sees(user):
    forget_reach(user)
    return CareEntry.objects.visible_to(user).exists()


def test_a_named_reader_sees_until_it_is_taken_back(cast, entry):
    assert not sees(cast.community_worker)
    [reader] = appoint(cast)
    assert sees(cast.community_worker)
    assert cast.community_worker.has_perm("residents.view_care", entry)
    assert not cast.community_worker.has_perm("residents.keep_care", entry)
    readers.dismiss(reader=reader, reason="调岗", by=cast.street_leader, now=make.NOW)
    assert not sees(cast.community_worker)
    with pytest.raises(WrongState):
        readers.dismiss(reader=reader, reason="调岗", by=cast.street_cadre, now=make.NOW)
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["residents.name-care-reader", "residents.dismiss-care-reader"]


def test_keeping_is_named_too(cast, entry):
    appoint(cast, keeps=True)
    assert cast.community_worker.has_perm("residents.keep_care", entry)
    assert cast.community_worker.has_perm("residents.keep_care", cast.community)


@pytest.mark.parametrize("days", [{"ends": 0}, {"starts": 2}])
def test_outside_of_its_days_it_opens_nothing(cast, entry, days):
    today = timezone.localdate()
    yesterday = today - timedelta(days=1)
    if "ends" in days:
        appoint(cast, ends=yesterday)
    else:
        appoint(cast, starts=today + timedelta(days=1))
    assert not sees(cast.community_worker)


def test_another_roster_or_place_stays_shut(cast, entry):
    appoint(cast, kinds=[CareKind.DISABILITY])
    appoint(cast, unit=cast.other_compound)
    assert not sees(cast.community_worker)
    appoint(cast, unit=cast.compound)
    assert sees(cast.community_worker)


def test_it_ends_with_the_position(cast, entry):
    [reader] = appoint(cast)
    position = reader.position
    position.ends = timezone.localdate() - timedelta(days=1)
    position.save()
    make.position(cast.community_worker, Role.COMMUNITY_WORKER, cast.community)
    assert not sees(cast.community_worker)


def test_neither_stand_in_nor_successor_inherits(cast, entry):
    [reader] = appoint(cast)
    today = timezone.localdate()
    other = make.user("other")
    positions.arrange_leave(
        position=reader.position, stand_in=other, starts=today, ends=today,
        by=cast.street_leader, now=timezone.now(),
    )  # fmt: skip
    assert not sees(other)
    positions.hand_over(
        position=reader.position, to=cast.outsider, first_day=today, by=cast.street_leader,
        now=timezone.now(),
    )  # fmt: skip
    assert not sees(cast.outsider)
    assert not sees(cast.community_worker)


def test_a_unit_that_left_the_positions_area_is_shut(cast, entry):
    appoint(cast, unit=cast.compound)
    cast.community_worker.positions.update(unit=cast.sibling)
    assert not sees(cast.community_worker)


@pytest.mark.parametrize(
    "who",
    ["admin", "district_cadre", "sibling_cadre", "community_worker", "grid_worker", "auditor"],
)
def test_only_the_street_names(cast, who):
    with pytest.raises(NotAllowed):
        appoint(cast, "community_worker" if who != "community_worker" else "grid_worker",
                by=getattr(cast, who))  # fmt: skip
    assert CareReader.objects.count() == 0


def test_nobody_names_themself(cast):
    with pytest.raises(NotAllowed):
        appoint(cast, "street_cadre", unit=cast.street)
    assert appoint(cast, "street_cadre", unit=cast.street, by=cast.street_leader)


@pytest.mark.parametrize(
    ("who", "values"),
    [
        ("property_clerk", {"unit": "compound"}),
        ("secretary", {"unit": "compound"}),
        ("volunteer", {"unit": "compound"}),
        ("grid_worker", {"unit": "community"}),
        ("community_worker", {"unit": "sibling"}),
        ("community_worker", {"kinds": []}),
        ("community_worker", {"ends": date(2025, 12, 31)}),
    ],
)
def test_others_cannot_be_named(cast, who, values):
    given = dict(values)
    if "unit" in given:
        given["unit"] = getattr(cast, given["unit"])
    with pytest.raises(Refused):
        appoint(cast, who, **given)
    assert CareReader.objects.count() == 0


def test_the_same_again_is_refused_until_it_is_over(cast):
    appoint(cast, ends=date(2026, 6, 30))
    with pytest.raises(Refused):
        appoint(cast, starts=date(2026, 6, 30))
    assert appoint(cast, starts=date(2026, 7, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        make.care_reader(cast.community_worker, cast.community, CareKind.ALLOWANCE)


@pytest.mark.parametrize("reason", ["", " ", "长" * 201])
def test_taking_back_needs_a_reason(cast, reason):
    [reader] = appoint(cast)
    with pytest.raises(Refused):
        readers.dismiss(reader=reader, reason=reason, by=cast.street_cadre, now=make.NOW)


def test_the_street_names_on_its_page(cast, page, entry):
    client = page(cast.street_cadre)
    position = cast.community_worker.positions.get()
    chosen = client.get("/care/readers/add/")
    assert position in chosen.context["form"].fields["position"].queryset
    address = f"/care/readers/add/?position={position.pk}"
    units = client.get(address).context["form"].fields["unit"].queryset
    assert list(units) == [cast.community, cast.compound, cast.other_compound]
    body = {"unit": cast.compound.pk, "kinds": ["allowance"], "keeps": "on", "starts": "2026-01-01"}
    assert client.post(address, body).status_code == 302
    assert page(cast.community_worker).get(f"/care/{entry.pk}/").status_code == 200
    assert client.post(address, body).status_code == 400
    reader = CareReader.objects.get()
    assert "陈社工" in client.get("/care/readers/").content.decode()
    assert client.post(f"/care/readers/{reader.pk}/dismiss/", {"reason": "调岗"}).status_code == 302
    assert page(cast.community_worker).get(f"/care/{entry.pk}/").status_code == 404
    assert "调岗" in client.get("/care/readers/").content.decode()


def test_a_grid_is_named_for_its_compounds(cast, page):
    position = cast.grid_worker.positions.get()
    answer = page(cast.street_cadre).get(f"/care/readers/add/?position={position.pk}")
    assert list(answer.context["form"].fields["unit"].queryset) == [cast.compound]


@pytest.mark.parametrize("who", ["admin", "community_worker", "sibling_cadre", "owner"])
def test_others_open_no_naming(cast, page, who):
    [reader] = appoint(cast)
    client = page(getattr(cast, who))
    lists = {client.get(f"/care/readers/{more}").status_code for more in ("", "add/")}
    assert lists == ({200} if who == "sibling_cadre" else {403})
    answer = client.post(f"/care/readers/{reader.pk}/dismiss/", {"reason": "x"})
    assert answer.status_code == 404
    if who == "sibling_cadre":
        assert client.get("/care/readers/").context["page"].rows == []
