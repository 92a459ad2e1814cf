"""The five coverages: exact against a slow reference, lists behind figures, days, who reads them."""

import io
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from orgs.enums import PartyOrganisationKind, UnitKind
from orgs.models import AuditEntry, Notice, PartyOrganisation, Unit
from orgs.notifications import notifications
from residents import jobs
from residents.enums import BodyKind, ContractKind, Coverage
from residents.models import CoverageDay, PropertyContract, Term
from residents.organisations import coverage, coverage_days, expiry_reminders
from tests import factories as make

DAY = date(2026, 3, 10)
URL = "/api/v1/coverage/"


def covered(cast, day=DAY, compound=None) -> set[Coverage]:
    compound = compound or cast.compound
    (found,) = coverage.picture(compound, cast.admin, day).compounds
    return set(found.has)


# --- A slow reference: row by row, in Python --------------------------------------------------------


def around(unit: Unit) -> list[Unit]:
    return list(unit.get_ancestors(include_self=True))


def in_force(row, day: date) -> bool:
    return row.starts <= day and (row.ends is None or row.ends >= day)


def slowly(compound: Unit, day: date) -> set[Coverage]:
    """What the rules say of one compound, without any of the queries that are tested."""
    places = around(compound)
    at = {place.pk for place in places if place.kind != UnitKind.STREET}
    terms = [row for row in Term.objects.select_related("body") if in_force(row, day)]
    kinds = {row.body.kind for row in terms if row.body.unit_id == compound.pk}
    communal = {row.body.kind for row in terms if row.body.unit_id in at}
    found = {
        Coverage.BRANCH: any(
            organisation.kind in ("branch", "joint_branch")
            and (organisation.founded_on is None or organisation.founded_on <= day)
            and set(organisation.covers.all()) & set(places)
            for organisation in PartyOrganisation.objects.all()
        ),
        Coverage.COMMITTEE: bool(kinds & {"owners_committee", "self_government"}),
        Coverage.PROPERTY: any(
            row.compound_id == compound.pk and in_force(row, day)
            for row in PropertyContract.objects.all()
        ),
        Coverage.MEDIATION: "mediation" in communal,
        Coverage.COUNCIL: "residents_council" in communal,
    }
    return {kind for kind, lit in found.items() if lit}


days = st.integers(-3, 3).map(lambda number: DAY + timedelta(days=number))
spans = st.tuples(days, st.integers(0, 4))
rows = st.lists(
    st.one_of(
        st.tuples(st.just("term"), st.integers(0, 3), st.sampled_from(list(BodyKind)), spans),
        st.tuples(st.just("contract"), st.integers(0, 3), st.booleans(), spans),
        st.tuples(
            st.just("branch"),
            st.integers(0, 6),
            st.sampled_from(list(PartyOrganisationKind)),
            st.none() | days,
        ),
    ),
    max_size=8,
)


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(rows=rows, day=days)
def test_counts_are_those_of_the_slow_reference(cast, rows, day):
    with transaction.atomic():
        third = make.unit(cast.sibling)
        places = [cast.compound, cast.other_compound, third, cast.community]
        every = [*places, cast.street, cast.building, cast.other_street]
        for kind, where, what, when in rows:
            lay(kind, every[where], what, when)
        for unit in (cast.street, cast.community, cast.sibling):
            unit.refresh_from_db()
            found = coverage.picture(unit, cast.admin, day)
            compounds = unit.get_descendants().filter(kind=UnitKind.COMPOUND)
            wanted = {one.code: slowly(one, day) for one in compounds}
            assert {one.code: set(one.has) for one in found.compounds} == wanted
            assert found.whole.having == {
                kind: sum(kind in has for has in wanted.values()) for kind in Coverage
            }
            assert found.whole.all_five == sum(len(has) == 5 for has in wanted.values())
        transaction.set_rollback(True)


def lay(kind, unit, what, when):
    """One base row; rows that the rules forbid (overlaps, contracts of communities) are left out."""
    if kind == "branch":
        make.branch([unit], kind=what, founded_on=when)
        return
    starts, length = when
    ends = starts + timedelta(days=length)
    if kind == "term":
        if not Term.objects.filter(
            body__unit=unit, body__kind=what, starts__lte=ends, ends__gte=starts
        ):
            make.term(unit, what, starts=starts, ends=ends)
    elif unit.kind == UnitKind.COMPOUND:
        last = None if what else ends
        others = PropertyContract.objects.filter(compound=unit)
        if not any(
            last is None or row.starts <= last
            for row in others
            if row.ends is None or row.ends >= starts
        ):
            make.contract(unit, starts=starts, ends=last)


# --- Rules, one by one ------------------------------------------------------------------------------


def test_a_branch_covers_from_its_founding_on(cast):
    assert covered(cast) == {Coverage.BRANCH}
    cast.branch.founded_on = DAY + timedelta(days=1)
    cast.branch.save()
    assert covered(cast) == set()
    assert covered(cast, DAY + timedelta(days=1)) == {Coverage.BRANCH}


@pytest.mark.parametrize(
    ("kind", "lit"),
    [
        (PartyOrganisationKind.JOINT_BRANCH, True),
        (PartyOrganisationKind.COMMUNITY_COMMITTEE, False),
        (PartyOrganisationKind.BUILDING_GROUP, False),
        (PartyOrganisationKind.EMPLOYER, False),
    ],
)
def test_only_branches_count_for_a_compound(cast, kind, lit):
    make.branch([cast.community], kind=kind)
    assert (Coverage.BRANCH in covered(cast, compound=cast.other_compound)) == lit


@pytest.mark.parametrize("kind", [BodyKind.OWNERS_COMMITTEE, BodyKind.SELF_GOVERNMENT])
def test_a_term_counts_on_its_first_and_last_day_and_not_after(cast, kind):
    make.term(cast.compound, kind, starts=DAY, ends=DAY + timedelta(days=30))
    lit = [
        Coverage.COMMITTEE in covered(cast, DAY + timedelta(days=number))
        for number in (-1, 0, 30, 31)
    ]
    assert lit == [False, True, True, False]


@pytest.mark.parametrize("kind", list(ContractKind))
def test_every_kind_of_contract_covers(cast, kind):
    make.contract(cast.compound, kind=kind, ends=DAY)
    assert Coverage.PROPERTY in covered(cast)
    assert Coverage.PROPERTY not in covered(cast, DAY + timedelta(days=1))


def test_the_communitys_mediators_and_council_serve_its_compounds(cast):
    make.term(cast.community, BodyKind.MEDIATION)
    make.term(cast.community, BodyKind.RESIDENTS_COUNCIL)
    assert covered(cast, compound=cast.other_compound) == {Coverage.MEDIATION, Coverage.COUNCIL}
    third = make.unit(cast.sibling)
    assert covered(cast, compound=third) == set()


def test_all_five(cast):
    make.contract(cast.compound)
    for kind in (BodyKind.OWNERS_COMMITTEE, BodyKind.MEDIATION, BodyKind.RESIDENTS_COUNCIL):
        make.term(cast.compound, kind)
    found = coverage.picture(cast.street, cast.admin, DAY)
    assert (found.whole.compounds, found.whole.all_five, found.whole.all_share) == (2, 1, 500)
    assert [one.name for one in found.groups] == [cast.community.name]


def test_without_a_unit_all_that_one_may_count_by_street(cast):
    make.unit(cast.other_community)
    assert [one.name for one in coverage.picture(None, cast.street_cadre, DAY).groups] == [
        "西湖街道"
    ]
    both = coverage.picture(None, cast.district_cadre, DAY)
    assert {one.name: one.compounds for one in both.groups} == {"西湖街道": 2, "赤壁街道": 1}


# --- Days and the trend -----------------------------------------------------------------------------


def counts(day=DAY) -> dict[str, tuple[int, int, int]]:
    found = CoverageDay.objects.filter(day=day).select_related("unit")
    return {row.unit.name: (row.compounds, row.branch, row.property) for row in found}


def test_a_snapshot_twice_changes_nothing(cast):
    make.contract(cast.compound)
    first = coverage_days.snapshot(day=DAY)
    before = list(CoverageDay.objects.order_by("pk").values())
    assert coverage_days.snapshot(day=DAY) == first == 2
    assert list(CoverageDay.objects.order_by("pk").values()) == before
    assert counts() == {"西湖街道": (2, 1, 1), "西湖社区居民委员会": (2, 1, 1)}


def test_a_day_is_counted_anew_from_base_rows(cast):
    coverage_days.snapshot(day=DAY)
    make.contract(cast.compound, starts=DAY, ends=DAY)
    coverage_days.snapshot(day=DAY)
    coverage_days.snapshot(day=DAY + timedelta(days=1))
    assert counts()["西湖街道"] == (2, 1, 1)
    assert counts(DAY + timedelta(days=1))["西湖街道"] == (2, 1, 0)


def test_a_place_that_lost_its_compounds_loses_its_count(cast):
    lonely = make.unit(cast.sibling)
    coverage_days.snapshot(day=DAY)
    assert cast.sibling.name in counts()
    lonely.delete()
    coverage_days.snapshot(day=DAY)
    assert cast.sibling.name not in counts()


def test_the_trend_shows_the_last_day_of_each_month(cast):
    for day in (date(2026, 1, 5), date(2026, 1, 31), date(2026, 2, 28), DAY, date(2025, 3, 1)):
        coverage_days.snapshot(day=day)
    months = coverage.trend(cast.street, cast.street_cadre, DAY)
    assert [month.day for month in months] == [date(2026, 1, 31), date(2026, 2, 28), DAY]
    whole = coverage.trend(None, cast.district_cadre, DAY)
    assert whole[-1].counted.compounds == 2
    assert coverage.trend(cast.street, cast.sibling_cadre, DAY) == []


def test_the_job_counts_two_days_and_profiles_follow(cast):
    make.contract(cast.compound, starts=date(2026, 1, 1))
    jobs.count_coverage()
    jobs.count_coverage()
    assert CoverageDay.objects.filter(unit=cast.street).count() == 2
    cast.compound.profile.refresh_from_db()
    assert cast.compound.profile.property_firm == PropertyContract.objects.get().firm.name


def test_the_database_refuses_more_than_the_whole(cast):
    zero = dict.fromkeys(Coverage.values, 0)
    for wrong in ({"branch": 3}, {"all_five": 1}, {"council": 9}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CoverageDay.objects.create(
                unit=cast.street, day=DAY, compounds=2, **{**zero, "all_five": 0, **wrong}
            )


# --- What runs out ----------------------------------------------------------------------------------


def test_what_runs_out_and_is_not_followed(cast):
    soon, late_ = DAY + timedelta(days=90), DAY + timedelta(days=181)
    make.term(cast.compound, ends=soon)
    make.term(cast.other_compound, ends=soon)
    make.term(cast.other_compound, starts=soon + timedelta(days=1), ends=late_)
    make.contract(cast.compound, ends=late_ - timedelta(days=1))
    make.contract(cast.other_compound, ends=late_)
    make.contract(make.unit(cast.other_community), ends=soon)
    found = expiry_reminders.expiring(cast.street_cadre, DAY)
    assert [(one.unit, one.days, one.urgent) for one in found] == [
        (cast.compound, 90, True), (cast.compound, 180, False),
    ]  # fmt: skip
    assert expiry_reminders.expiring(cast.outsider, DAY) == []


def test_keepers_are_told_of_an_end_once_at_each_step(cast):
    term = make.term(cast.compound, ends=DAY + timedelta(days=31))
    make.contract(make.unit(cast.other_community), ends=DAY + timedelta(days=7))
    told = []
    for days in range(32):
        now = make.NOW + timedelta(days=days)
        told.append(expiry_reminders.remind(now=now))
        assert expiry_reminders.remind(now=now) == 0
    # Of the term a month and a week before; of the contract elsewhere its own keepers, once.
    assert {day: count for day, count in enumerate(told) if count} == {0: 2, 1: 2, 24: 2}
    mine = Notice.objects.filter(recipient=cast.community_worker, kind=expiry_reminders.ENDING)
    assert {notifications.text_of(one) for one in mine} == {
        f"翡翠一品小区：业委会将于{date_format(term.ends)}到期，尚无接续安排。"
    }
    assert mine.count() == Notice.objects.filter(recipient=cast.street_cadre).count() == 2


@pytest.mark.parametrize(("slept", "told"), [(6, 2), (7, 0)])
def test_a_reminder_comes_late_rather_than_never(cast, slept, told):
    make.term(cast.compound, ends=DAY + timedelta(days=90 - slept))
    assert expiry_reminders.remind(now=make.NOW) == told


def test_what_is_followed_or_over_is_not_told_of(cast):
    soon = DAY + timedelta(days=7)
    make.contract(cast.compound, ends=soon)
    make.contract(cast.compound, starts=soon + timedelta(days=1))
    make.term(cast.other_compound, starts=DAY - timedelta(days=9), ends=DAY - timedelta(days=1))
    assert expiry_reminders.remind(now=make.NOW) == 0


# --- Pages and API ----------------------------------------------------------------------------------

READERS = ("community_worker", "grid_worker", "street_cadre", "district_cadre", "secretary")
OTHERS = ("property_clerk", "committee_member", "sibling_worker", "sibling_cadre", "outsider")


@pytest.mark.parametrize(
    ("who", "status"), [*((who, 200) for who in READERS), *((who, 403) for who in OTHERS)]
)
def test_who_reads_the_coverage_of_a_compound(page, api, cast, who, status):
    person, query = getattr(cast, who), {"unit": cast.compound.code}
    client = page(person)
    assert client.get("/coverage/", query).status_code == status
    assert client.get("/coverage/compounds/", query).status_code == status
    assert client.get("/coverage/export/", query).status_code == status
    assert api(person).get(URL, query).status_code == status


def test_a_unit_that_is_not_there(page, api, cast):
    assert page(cast.street_cadre).get("/coverage/", {"unit": "x"}).status_code == 404
    assert api(cast.street_cadre).get(URL, {"unit": "x"}).status_code == 400


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["湖畔小区", "翡翠一品小区"]),
        ({"what": "branch", "has": "1"}, ["翡翠一品小区"]),
        ({"what": "branch", "has": "0"}, ["湖畔小区"]),
        ({"what": "property"}, []),
        ({"what": "all_five", "has": "0"}, ["湖畔小区", "翡翠一品小区"]),
        ({"what": "all_five", "has": "1"}, []),
        ({"what": "nonsense"}, ["湖畔小区", "翡翠一品小区"]),
    ],
)
def test_a_figure_opens_the_list_it_was_counted_from(page, cast, query, names):
    sent = {"unit": cast.street.code, **query}
    answer = page(cast.street_cadre).get("/coverage/compounds/", sent)
    assert [one.name for one in answer.context["page"].rows] == names


def test_every_figure_of_the_page_is_the_length_of_its_list(page, cast):
    make.contract(cast.compound)
    make.term(cast.community, BodyKind.MEDIATION)
    client = page(cast.street_cadre)
    context = client.get("/coverage/", {"unit": cast.street.code}).context
    figures = [*context["cards"], *(one for _group, row in context["groups"] for one in row)]
    assert len(figures) == 12
    for figure in figures:
        lists = [
            len(client.get(figure[url]).context["page"].rows) for url in ("has_url", "lacks_url")
        ]
        assert lists == [figure["count"], figure["lacking"]]


def test_the_api_names_wholes_groups_and_compounds(api, cast):
    make.contract(cast.other_compound)
    answer = api(cast.street_cadre).get(URL, {"unit": cast.street.code}).json()
    assert answer["whole"]["property"] == {"count": 1, "share": 500}
    assert [one["unit"] for one in answer["groups"]] == [cast.community.code]
    assert {one["unit"]: one["property"] for one in answer["compounds"]} == {
        cast.compound.code: False,
        cast.other_compound.code: True,
    }


def test_the_workbook_holds_the_table_and_is_audited(page, cast):
    cast.other_compound.name = "=1+1"
    cast.other_compound.save()
    make.contract(cast.compound)
    answer = page(cast.street_cadre).get("/coverage/export/", {"unit": cast.street.code})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    (first, second) = list(sheet.iter_rows(min_row=2, values_only=True))
    assert first == (cast.compound.code, "翡翠一品小区", "是", "否", "是", "否", "否", 2)
    assert second[1] == "'=1+1"
    entry = AuditEntry.objects.get(action="residents.export-coverage")
    assert (entry.actor, entry.detail) == ("street", {"rows": 2})


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize(("path", "statements"), [("/coverage/", 10), ("/coverage/compounds/", 7)])
def test_pages_cost_the_same(page, cast, path, statements, number, django_assert_num_queries):
    for _number in range(number):
        compound = make.unit(cast.community)
        make.contract(compound)
        make.term(compound)
    client = page(cast.street_cadre)
    query = {"unit": cast.street.code}
    client.get(path, query)
    with django_assert_num_queries(statements):
        client.get(path, query)


# --- Panels of unit pages ---------------------------------------------------------------------------


def panel_names(page, person, unit) -> set[str]:
    answer = page(person).get(f"/units/{unit.code}/?tab=organisations")
    room = "residents/organisations/"
    names = {panel.template for panel in answer.context["panels"]}
    return {name.removeprefix(room) for name in names if name.startswith(room)} - {
        "expiring_panel.html"
    }


def test_which_panels_who_sees(page, cast):
    both = {"coverage_panel.html", "panel.html"}
    assert panel_names(page, cast.street_cadre, cast.compound) == both
    assert panel_names(page, cast.street_cadre, cast.community) == both
    assert panel_names(page, cast.street_cadre, cast.street) == {"coverage_panel.html"}
    assert panel_names(page, cast.street_cadre, cast.building) == set()
    assert panel_names(page, cast.property_clerk, cast.compound) == both
    assert panel_names(page, cast.outsider, cast.compound) == set()
    assert panel_names(page, cast.sibling_cadre, cast.compound) == set()


def test_the_compounds_panel_names_terms_and_firms(page, cast):
    ends = date.today() + timedelta(days=30)
    row = make.term(cast.compound, ends=ends)
    make.body_member(row, name="朱业委", seat="chair")
    make.contract(cast.compound, fee=185, firm=make.firm(name="安居物业"))
    text = (
        page(cast.community_worker)
        .get(f"/units/{cast.compound.code}/?tab=organisations")
        .content.decode()
    )
    for shown in ("朱业委", "安居物业", "1.85", "即将到期"):
        assert shown in text


def test_terms_that_are_over_cover_nothing(page, cast):
    make.term(cast.compound, starts=date(2020, 1, 1), ends=date(2022, 12, 31))
    text = (
        page(cast.community_worker)
        .get(f"/units/{cast.compound.code}/?tab=organisations")
        .content.decode()
    )
    assert "今天不在任期内" in text


def desk_expiring(page, person) -> list:
    panels = page(person).get("/").context["panels"]
    found = [
        one.values
        for one in panels
        if one.template == "residents/organisations/expiring_panel.html"
    ]
    return found[0] if found else []


def test_the_desk_of_who_keeps_them_names_what_runs_out(page, cast):
    ends = timezone.localdate() + timedelta(days=30)
    make.contract(cast.compound, ends=ends)
    assert [one.unit for one in desk_expiring(page, cast.community_worker)] == [cast.compound]
    assert [one.unit for one in desk_expiring(page, cast.street_cadre)] == [cast.compound]
    for other in (cast.grid_worker, cast.sibling_worker, cast.sibling_cadre, cast.urban_officer):
        assert desk_expiring(page, other) == []


@pytest.mark.parametrize(
    ("who", "shown"),
    [("community_worker", "community"), ("street_cadre", "street"), ("admin", None)],
)
def test_whoever_counts_one_unit_begins_with_it(page, cast, who, shown):
    answer = page(getattr(cast, who)).get("/coverage/")
    assert answer.context["unit"] == (getattr(cast, shown) if shown else None)
