"""Ratings of each other and by households, yearly reviews, outside figures: once each, never of oneself."""

from datetime import date, datetime, timedelta
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.assessment.enums import Grade, IndicatorRole, PeriodKind, RaterGroup, SubjectKind
from governance.assessment.indicators.opinions import RATED
from governance.assessment.models import (
    CompoundClass,
    Evaluation,
    FigureFile,
    MemberReview,
    OutsideFigure,
    Scheme,
    Score,
)
from governance.assessment.ratings import figures, queries, ratings, reviews
from governance.assessment.runs.verification import differences
from governance.assessment.schemes.definitions import Band, Definition, Item
from orgs.attachments import attachments
from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, TooLarge, WrongState
from orgs.imports.workbooks import spreadsheets
from orgs.models import Attachment, Position, User
from residents.enums import BodyKind
from tests import factories as make
from tests import files
from tests.governance.assessment import assessment_factories as new
from tests.governance.assessment.assessment_factories import APRIL
from volunteers.enums import BuildingRole

NOW = make.NOW
Q1 = "2026-Q1"


def whistles(cast, kind=SubjectKind.DEPARTMENT, group=RaterGroup.STREET):
    return new.scheme(
        cast,
        Definition((Item(f"rating_{group.value}", weight=100),)),
        code=f"whistle-{kind.value}",
        subject_kind=kind,
        period_kind=PeriodKind.QUARTER,
    )


def by_street(cast, scheme, by=None, points=90, **values):
    wanted = {
        "period": Q1, "subject": cast.urban.pk, "group": RaterGroup.STREET, "points": points,
        "by": by or cast.street_cadre, "now": NOW,
    }  # fmt: skip
    return ratings.rate(scheme=scheme, **wanted | values)


def test_streets_rate_departments_and_departments_rate_streets(cast):
    scheme = whistles(cast)
    by_street(cast, scheme, points=90)
    by_street(cast, scheme, cast.sibling_cadre, points=80)
    run = new.run(cast, scheme, Q1)
    assert Score.objects.get(run=run, code="urban-management").value == "85.00"
    back = whistles(cast, SubjectKind.STREET, RaterGroup.DEPARTMENT)
    ratings.rate(
        scheme=back, period=Q1, subject=cast.street.pk, group=RaterGroup.DEPARTMENT, points=70,
        by=cast.urban_officer, now=NOW,
    )  # fmt: skip
    run = new.run(cast, back, Q1)
    assert Score.objects.get(run=run, code=cast.street.code).value == "70.00"


def test_one_rating_of_each_street(cast):
    scheme = whistles(cast)
    by_street(cast, scheme)
    for person in (cast.street_cadre, cast.street_leader):
        with pytest.raises(WrongState) as refused:
            by_street(cast, scheme, person)
        assert refused.value.code == "rated_already"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"points": 101}, "bad_points"),
        ({"points": -1}, "bad_points"),
        ({"subject": 999_999}, "unknown_subject"),
        ({"period": "2026-03"}, "bad_period"),
        ({"group": RaterGroup.RESIDENT}, "not_asked_for"),
    ],
)
def test_a_wrong_rating_is_refused(cast, change, code):
    with pytest.raises(Refused) as refused:
        by_street(cast, whistles(cast), **change)
    assert refused.value.code == code


def test_who_is_none_of_the_group_does_not_rate(cast):
    scheme = whistles(cast)
    for person in (cast.urban_officer, cast.owner, cast.community_worker, cast.district_cadre):
        with pytest.raises(NotAllowed):
            by_street(cast, scheme, person)


def test_neither_rates_itself_nor_what_lies_in_another_district(cast):
    scheme, back = whistles(cast), whistles(cast, SubjectKind.STREET, RaterGroup.DEPARTMENT)
    own = make.department(cast.district, street=cast.street)
    officer = make.user("own-officer")
    make.position(officer, Role.DEPARTMENT_OFFICER, own)
    for wanted in (
        {"scheme": scheme, "subject": own.pk, "group": RaterGroup.STREET, "by": cast.street_cadre},
        {"scheme": back, "subject": cast.street.pk, "group": RaterGroup.DEPARTMENT, "by": officer},
    ):
        with pytest.raises(NotAllowed) as refused:
            ratings.rate(period=Q1, points=100, now=NOW, **wanted)
        assert refused.value.code == "own_case"
    other = make.district()
    street = make.unit(district=other)
    cadre, outside = make.user("far-cadre"), make.user("far-officer")
    make.position(cadre, Role.STREET_CADRE, street)
    make.position(outside, Role.DEPARTMENT_OFFICER, make.department(other))
    with pytest.raises(NotAllowed):
        by_street(cast, scheme, cadre)
    with pytest.raises(NotAllowed):
        ratings.rate(
            scheme=back, period=Q1, subject=cast.street.pk, group=RaterGroup.DEPARTMENT,
            points=1, by=outside, now=NOW,
        )  # fmt: skip
    for subject in (cast.community.pk, street.pk):
        with pytest.raises(Refused) as unknown:
            ratings.rate(
                scheme=back, period=Q1, subject=subject, group=RaterGroup.DEPARTMENT, points=1,
                by=cast.urban_officer, now=NOW,
            )  # fmt: skip
        assert unknown.value.code == "unknown_subject"


def test_nothing_is_rated_after_the_period_is_computed(cast):
    scheme = whistles(cast)
    new.run(cast, scheme, Q1)
    with pytest.raises(WrongState) as refused:
        by_street(cast, scheme, now=APRIL)
    assert refused.value.code == "run_exists"


def test_nobody_rates_themselves(cast):
    scheme = new.scheme(
        cast,
        Definition((Item("rating_peer", weight=100),)),
        code="worker-month",
        subject_kind=SubjectKind.COMMUNITY_WORKER,
    )
    wanted = {"scheme": scheme, "period": "2026-03", "group": RaterGroup.PEER, "now": NOW}
    me, peer = cast.community_worker, cast.sibling_worker
    with pytest.raises(NotAllowed) as refused:
        ratings.rate(subject=me.pk, points=100, by=me, **wanted)
    assert refused.value.code == "own_case"
    assert ratings.rate(subject=me.pk, points=90, by=peer, **wanted).rater == peer
    with pytest.raises(NotAllowed):
        ratings.rate(subject=me.pk, points=90, by=cast.other_worker, **wanted)


@pytest.mark.parametrize(
    "values",
    [
        {"subject_kind": "department", "group": "department", "rater_department": "urban"},
        {"subject_kind": "street", "group": "street", "rater_unit": "street"},
        {"subject_kind": "community_worker", "group": "peer", "rater": "community_worker"},
    ],
)
def test_the_database_refuses_who_rates_themselves(cast, values):
    column = next(name for name in values if name.startswith("rater"))
    rater = getattr(cast, values[column])
    with pytest.raises(DatabaseError), transaction.atomic():
        Evaluation.objects.create(
            district=cast.district, code="x", period=Q1, starts=date(2026, 1, 1),
            subject=rater.pk, points=100, by=cast.owner, at=NOW, **values | {column: rater},
        )  # fmt: skip


# --- Households ----------------------------------------------------------------------------------


@pytest.fixture
def year_end(cast):
    return new.scheme(
        cast,
        Definition((Item("rating_resident", weight=100),)),
        code="branch-year-end",
        subject_kind=SubjectKind.BRANCH,
        period_kind=PeriodKind.YEAR,
    )


def home(cast, account=None, verified=True):
    belonging = make.belonging(
        make.resident(cast.building, account=account), make.household(cast.building),
        verified_at=NOW if verified else None,
        verified_by=cast.community_worker if verified else None,
    )  # fmt: skip
    return belonging.household


def by_household(cast, scheme, household, by, **values):
    return ratings.rate(
        scheme=scheme, period="2026", subject=cast.branch.pk, group=RaterGroup.RESIDENT,
        points=80, household=household, by=by, now=NOW, **values,
    )  # fmt: skip


def test_each_verified_household_rates_once_paper_counts(cast, year_end):
    own, other = home(cast, cast.owner), home(cast)
    by_household(cast, year_end, own, cast.owner)
    for way in ({"by": cast.owner}, {"by": cast.community_worker, "on_paper": True}):
        with pytest.raises(WrongState) as refused:
            by_household(cast, year_end, own, **way)
        assert refused.value.code == "rated_already"
    paper = by_household(cast, year_end, other, cast.community_worker, on_paper=True)
    assert paper.on_paper
    assert Evaluation.objects.count() == 2


def test_who_is_not_of_the_household_does_not_rate_for_it(cast, year_end):
    household = home(cast, cast.owner)
    for person, paper in ((cast.neighbour, False), (cast.secretary, True), (cast.admin, True)):
        with pytest.raises(NotAllowed):
            by_household(cast, year_end, household, person, on_paper=paper)
    with pytest.raises(Refused) as refused:
        by_household(cast, year_end, home(cast, cast.neighbour, verified=False), cast.neighbour)
    assert refused.value.code == "not_verified"


def test_the_desk_enters_what_a_household_rated_on_paper(cast, page, year_end):
    household = home(cast)
    desk, address = page(cast.community_worker), "/assessments/ratings/paper/"
    with time_machine.travel(NOW, tick=False):
        assert address in desk.get("/assessments/ratings/").text
        door = f"{cast.building.name}{household.room}"
        found = desk.get(address, {"home": door})
        [(row, rate)] = found.context["rows"]
        assert (row.subject, row.household, row.is_rated) == (cast.branch.pk, household, False)
        unknown = home(cast, verified=False)
        shown = desk.get(address, {"home": unknown.code})
        assert shown.context["rows"] == []
        assert "这一户还没有核验过的住户。" in shown.text
        assert "没有这套房屋" in desk.get(address, {"home": "5栋9999"}).text
        body = {"points": 70, "text": "楼道干净多了"}
        for person, status in (
            (cast.owner, 404), (cast.secretary, 404), (cast.sibling_worker, 404),
        ):  # fmt: skip
            assert page(person).post(rate, body).status_code == status
        done = desk.post(rate, body)
        assert done.headers["Location"] == f"{address}?home={household.code}"
        [(row, _rate)] = desk.get(address, {"home": door}).context["rows"]
        assert row.is_rated
    stored = Evaluation.objects.get()
    assert (stored.household, stored.points, stored.on_paper) == (household, 70, True)
    for person in (cast.owner, cast.secretary, cast.admin):
        assert page(person).get(address).status_code == 403


def test_what_one_may_rate_is_listed(cast, year_end):
    home(cast, cast.owner)
    whistles(cast)
    [own] = queries.open_ratings(cast.owner, NOW)
    assert (own.subject, own.is_rated) == (cast.branch.pk, False)
    by_household(cast, year_end, own.household, cast.owner)
    assert [one.is_rated for one in queries.open_ratings(cast.owner, NOW)] == [True]
    departments = {one.subject for one in queries.open_ratings(cast.street_cadre, NOW)}
    assert departments == {cast.urban.pk, cast.housing.pk, cast.fire.pk}
    assert queries.open_ratings(cast.outsider, NOW) == []


def test_nothing_is_listed_that_would_be_refused(cast):
    """Neither of another district nor, to a department of a street, that street."""
    whistles(cast)
    whistles(cast, SubjectKind.STREET, RaterGroup.DEPARTMENT)
    officer, cadre, outside = make.user("own"), make.user("far-cadre"), make.user("far-officer")
    own = make.department(cast.district, street=cast.street)
    make.position(officer, Role.DEPARTMENT_OFFICER, own)
    other = make.district()
    make.position(cadre, Role.STREET_CADRE, make.unit(district=other))
    make.position(outside, Role.DEPARTMENT_OFFICER, make.department(other))
    found = [
        [row.subject for row in queries.open_ratings(person, NOW)]
        for person in (officer, cadre, outside)
    ]
    assert found == [[cast.other_street.pk], [], []]


def test_superiors_peers_and_residents_find_whom_they_rate(cast):
    """Everybody whom the shipped schemes ask finds in the list just whom the use-case takes."""
    groups = (RaterGroup.SUPERIOR, RaterGroup.PEER, RaterGroup.RESIDENT)
    for kind in (
        SubjectKind.SECRETARY, SubjectKind.COMMUNITY_WORKER, SubjectKind.FIRM,
        SubjectKind.BUILDING_HEAD,
    ):  # fmt: skip
        items = [
            Item(f"rating_{group.value}", weight=10) for group in groups if kind in RATED[group]
        ]
        new.scheme(
            cast, Definition(tuple(items)), code=f"of-{kind.value}", subject_kind=kind,
            period_kind=PeriodKind.QUARTER, begins=date(2026, 1, 1),
        )  # fmt: skip
    home(cast, cast.owner)
    firm = make.contract(cast.compound).firm
    head = make.post(cast.building, BuildingRole.HEAD, user=cast.volunteer)
    worker, secretary = cast.community_worker.pk, cast.secretary.pk

    def listed(user):
        rows = queries.open_ratings(user, NOW)
        for row in rows:
            ratings.rate(
                scheme=row.scheme, period=row.period.name, subject=row.subject, group=row.group,
                points=90, by=user, now=NOW, household=row.household,
            )  # fmt: skip
        assert all(row.is_rated for row in queries.open_ratings(user, NOW))
        return {(row.scheme.code[3:], row.group.value, row.subject) for row in rows}

    assert listed(cast.owner) == {
        ("secretary", "resident", secretary), ("community_worker", "resident", worker),
        ("firm", "resident", firm.pk), ("building_head", "resident", head.pk),
    }  # fmt: skip
    street = listed(cast.street_cadre)
    assert street >= {
        ("secretary", "superior", secretary), ("community_worker", "superior", worker),
        ("firm", "superior", firm.pk), ("building_head", "superior", head.pk),
    }  # fmt: skip
    assert {group for _kind, group, _key in street} == {"superior"}
    assert ("community_worker", "peer", worker) in listed(cast.sibling_worker)
    own = listed(cast.community_worker)
    assert ("firm", "superior", firm.pk) in own
    assert worker not in {key for kind, _group, key in own if kind == "community_worker"}
    assert listed(cast.sibling_cadre) == {("community_worker", "superior", cast.other_worker.pk)}
    assert listed(cast.volunteer) == set()


def test_a_secretary_stands_on_the_sheet_of_the_compounds_class(cast):
    for kind in ("standard", "model"):
        new.scheme(
            cast, Definition((Item("rating_superior", weight=1),)), code=kind,
            subject_kind=SubjectKind.SECRETARY, period_kind=PeriodKind.QUARTER,
            compound_class=kind, begins=date(2026, 1, 1),
        )  # fmt: skip
    assert queries.open_ratings(cast.street_cadre, NOW) == []
    CompoundClass.objects.create(
        compound=cast.compound, kind="model", starts=date(2026, 1, 1), reason="文件",
        entered_at=NOW,
    )  # fmt: skip
    assert {row.scheme.code for row in queries.open_ratings(cast.street_cadre, NOW)} == {"model"}


def test_nobody_is_cut_from_a_long_list_and_each_is_found_by_name(page, cast):
    """More than any page holds: all can be rated, page by page or by a word of the name."""
    new.scheme(
        cast, Definition((Item("rating_superior", weight=10),)), code="workers",
        subject_kind=SubjectKind.COMMUNITY_WORKER, period_kind=PeriodKind.QUARTER,
        begins=date(2026, 1, 1),
    )  # fmt: skip
    people = User.objects.bulk_create(
        [User(username=f"w{number}", name=f"社工{number:03}") for number in range(450)]
    )
    Position.objects.bulk_create(
        [
            Position(
                user=one, role=Role.COMMUNITY_WORKER, unit=cast.community, starts=date(2026, 1, 1)
            )
            for one in people
        ]
    )
    wanted = {one.pk for one in people}
    rows = queries.open_ratings(cast.street_cadre, NOW)
    assert {row.subject for row in rows} >= wanted
    with time_machine.travel(NOW, tick=False):
        client, seen = page(cast.street_cadre), set()
        address = reverse("assessment:to_rate")
        answer = client.get(address)
        while True:
            assert len(answer.context["rows"]) <= 50
            seen |= {row.subject for row, _url in answer.context["rows"]}
            following = answer.context["page"].next
            if not following:
                break
            answer = client.get(address + following)
        assert seen == {row.subject for row in rows}
        found = client.get(address, {"q": "社工449"}).context["rows"]
        assert [row.name for row, _url in found] == ["社工449"] * len(found)
        assert client.get(found[0][1]).status_code == 200
        assert "没有叫这个名字的人需要您评分。" in client.get(address, {"q": "某某"}).text


def test_several_homes_ask_no_more_than_one(cast, year_end):
    def asked():
        with CaptureQueriesContext(connection) as made:
            rows = queries.open_ratings(User.objects.get(pk=cast.owner.pk), NOW)
        return len(rows), len(made)

    person = make.resident(cast.building, account=cast.owner)

    def flats(number):
        for _number in range(number):
            make.belonging(
                person, make.household(cast.building), verified_at=NOW,
                verified_by=cast.community_worker,
            )  # fmt: skip

    flats(1)
    one = asked()
    flats(4)
    several = asked()
    assert (one[0], several[0]) == (1, 5)
    assert one[1] == several[1]


# --- The yearly review ---------------------------------------------------------------------------


@pytest.fixture
def member(cast):
    term = make.term(
        cast.community, BodyKind.RESIDENTS_COMMITTEE, starts=date(2024, 1, 1), ends=date(2029, 1, 1)
    )
    return make.body_member(term, starts=date(2024, 1, 1))


def review(cast, member, year=2025, by=None, **values):
    wanted = {
        "held_on": date(year, 12, 20), "by_representatives": True, "presided_by": "居务监督委员会主任",
        "total": 30, "present": 24, "competent": 4, "basically": 4, "incompetent": 14,
    }  # fmt: skip
    later = datetime.fromisoformat("2026-12-31T09:00:00+08:00")
    return reviews.enter(
        member=member, year=year, by=by or cast.community_worker, now=later, **wanted | values
    )


def test_twice_running_incompetent_ends_the_office(cast, member):
    first = review(cast, member, 2025)
    member.refresh_from_db()
    assert (first.grade, first.ended_office, member.ends) == (Grade.INCOMPETENT, False, None)
    second = review(cast, member, 2026)
    member.refresh_from_db()
    assert (second.ended_office, member.ends) == (True, date(2026, 12, 20))


def test_a_year_between_keeps_the_office(cast, member):
    review(cast, member, 2024)
    review(cast, member, 2025, incompetent=2, competent=20, basically=2)
    review(cast, member, 2026)
    member.refresh_from_db()
    assert member.ends is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"present": 19, "incompetent": 5}, "no_quorum"),
        ({"by_representatives": False, "present": 15, "incompetent": 5}, "no_quorum"),
        ({"incompetent": 20}, "bad_numbers"),
        ({"presided_by": " "}, "empty"),
        ({"held_on": date(2024, 12, 20)}, "bad_day"),
    ],
)
def test_a_wrong_review_is_refused(cast, member, change, code):
    with pytest.raises(Refused) as refused:
        review(cast, member, **change)
    assert refused.value.code == code


def test_whose_review_one_enters_is_listed_with_the_newest(cast, page, member):
    for person in (cast.sibling_cadre, cast.urban_officer, cast.owner, cast.outsider):
        assert queries.open_reviews(person, APRIL) == []
    [before] = queries.open_reviews(cast.community_worker, APRIL)
    assert (before.member, before.last) == (member, None)
    address = f"/assessments/members/{member.pk}/review/"
    assert address in page(cast.community_worker).get("/assessments/ratings/").content.decode()
    entered = review(cast, member)
    [after] = queries.open_reviews(cast.street_cadre, APRIL)
    assert after.last == entered
    assert queries.open_reviews(cast.street_cadre, APRIL.replace(year=2030)) == []


def test_the_list_of_reviews_asks_no_more_for_more_members(cast, member):
    def asked():
        with CaptureQueriesContext(connection) as made:
            rows = queries.open_reviews(User.objects.get(pk=cast.community_worker.pk), APRIL)
        return len(made), len(rows)

    few, one = asked()
    for _number in range(5):
        make.body_member(member.term, starts=date(2024, 1, 1))
    many, six = asked()
    assert (one, six) == (1, 6)
    assert many == few


def test_a_review_is_entered_once_and_by_the_place(cast, member):
    review(cast, member)
    with pytest.raises(WrongState):
        review(cast, member)
    for person in (cast.sibling_worker, cast.owner, cast.admin):
        with pytest.raises(NotAllowed):
            review(cast, member, 2026, by=person)
    assert MemberReview.objects.count() == 1


REVIEW = {
    "year": 2026, "held_on": "2026-03-20", "presided_by": "居务监督委员会主任", "total": 30,
    "present": 24, "competent": 20, "basically": 2, "incompetent": 2,
}  # fmt: skip


def test_the_photo_of_the_minutes_is_kept_for_whoever_keeps_the_reviews(cast, page, member):
    client = page(cast.community_worker)
    with time_machine.travel(APRIL, tick=False):
        # A wrong number loses neither the words nor the photo.
        wrong = client.post(
            f"/assessments/members/{member.pk}/review/",
            REVIEW | {"present": 2, "attachments": files.upload(files.photo())},
        )
        assert wrong.status_code == 400
        (kept,) = Attachment.objects.values_list("pk", flat=True)
        client.post(
            f"/assessments/members/{member.pk}/review/", REVIEW | {"attachments-kept": [kept]}
        )
        entered = MemberReview.objects.get()
        assert entered.paper_id == kept
        address = f"/media/{kept}/"
        assert f'href="{address}"' in client.get("/assessments/ratings/").text
        for person, status in (
            (cast.community_worker, 200), (cast.street_cadre, 200), (cast.sibling_worker, 404),
            (cast.owner, 404),
        ):  # fmt: skip
            assert page(person).get(address).status_code == status


def test_so_is_the_one_that_the_api_brings(cast, api, member):
    with time_machine.travel(APRIL, tick=False):
        own, others = (
            attachments.store(upload=files.upload(files.photo(size=size)), by=by, now=APRIL)
            for by, size in ((cast.community_worker, (64, 48)), (cast.owner, (48, 64)))
        )
        client, address = (
            api(cast.community_worker),
            f"/api/v1/body-members/{member.pk}/reviews/",
        )
        refused = client.post(address, REVIEW | {"attachments": [str(others.pk)]}, format="json")
        assert (refused.status_code, refused.data["code"]) == (400, "bad_attachment")
        two = client.post(
            address, REVIEW | {"attachments": [str(own.pk), str(others.pk)]}, format="json"
        )
        assert two.status_code == 400
        done = client.post(address, REVIEW | {"attachments": [str(own.pk)]}, format="json")
    assert done.status_code == 201
    assert str(done.data["paper"]) == str(own.pk)


def test_the_list_asks_no_more_for_more_schemes(cast):
    def schemes(count):
        for _number in range(count):
            new.scheme(
                cast,
                Definition((Item("rating_street", weight=100),)),
                code=f"whistle-{Scheme.objects.count()}",
                subject_kind=SubjectKind.DEPARTMENT,
                period_kind=PeriodKind.QUARTER,
            )

    def asked():
        with CaptureQueriesContext(connection) as queries_made:
            rows = queries.open_ratings(User.objects.get(pk=cast.street_cadre.pk), APRIL)
        return len(queries_made), {row.scheme.code for row in rows}

    schemes(1)
    few, one_scheme = asked()
    schemes(5)
    many, six_schemes = asked()
    assert (len(one_scheme), len(six_schemes)) == (1, 6)
    assert many == few


# --- Outside figures -----------------------------------------------------------------------------


def figure(cast, text, by=None, name="figures.csv", **values):
    wanted = {
        "code": "handover", "subject_kind": SubjectKind.DEPARTMENT, "period": "2026-03",
        "source": "督查室",
    }  # fmt: skip
    return figures.import_file(
        district=cast.district, file=SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode()),
        by=by or cast.district_cadre, now=NOW, **wanted | values,
    )  # fmt: skip


TABLE = "单位,计入,总数\n城管局,8,10\nhousing,5,5\n"


def test_a_file_is_imported_once_and_counts(cast):
    stored, is_new = figure(cast, TABLE)
    again, is_new_again = figure(cast, TABLE)
    assert (is_new, is_new_again, again) == (True, False, stored)
    assert (FigureFile.objects.count(), OutsideFigure.objects.count()) == (1, 2)
    scheme = new.scheme(cast, Definition((Item("handover", weight=1),)))
    run = new.run(cast, scheme)
    assert Score.objects.get(run=run, code="urban-management").value == "80.00"


# One record of a month: in which half-years it counts, and from which on no more.
@pytest.mark.parametrize(
    ("recorded", "counts", "expired"),
    [
        ("2026-01", ("2026-H1", "2026-H2"), "2027-H1"),
        ("2026-03", ("2026-H1", "2026-H2"), "2027-H1"),
        ("2026-07", ("2026-H2", "2027-H1"), "2027-H2"),
        # A year with 29 February is a year.
        ("2027-07", ("2027-H2", "2028-H1"), "2028-H2"),
        ("2028-02", ("2028-H1", "2028-H2"), "2029-H1"),
    ],
)
def test_a_record_counts_for_a_year_and_no_longer(cast, recorded, counts, expired):
    firm = make.contract(cast.compound).firm
    scheme = new.scheme(
        cast,
        Definition(
            (
                Item("inspection", weight=100),
                Item("good_records", IndicatorRole.BONUS, formula="n * 2", cap="40"),
                Item("bad_records", IndicatorRole.DEDUCTION, formula="n * 50"),
            ),
            formula="base + bonus - deduction",
            bands=(
                Band("black", "黑名单", "(score < 60) * (bad_records_n > 0)"),
                Band("fair", "一般", "score >= 0"),
            ),
        ),
        code="firm", subject_kind=SubjectKind.FIRM, period_kind=PeriodKind.HALF,
        begins=date(2026, 1, 1),
    )  # fmt: skip
    given = {"subject_kind": SubjectKind.FIRM}
    for period in (*counts, expired):
        figure(
            cast, f"单位,计入,总数\n{firm.name},80,100\n", code="inspection", period=period, **given
        )
    for code, number in (("bad_records", 1), ("good_records", 3)):
        row = f"单位,计入,总数\n{firm.name},{number},{number}\n"
        figure(cast, row, code=code, period=recorded, **given)

    def found(period):
        run = new.run(cast, scheme, period, datetime.fromisoformat("2030-01-05T09:00:00+08:00"))
        score = Score.objects.get(run=run, subject=firm.pk)
        return run, score.value, score.band

    runs_of_it = [found(period) for period in (*counts, expired)]
    assert [(value, band) for _run, value, band in runs_of_it] == [
        ("36.00", "black"), ("36.00", "black"), ("80.00", "fair"),
    ]  # fmt: skip
    # Years later each is what it was: expiry looks at the period, never at today.
    assert [list(differences(run)) for run, *_rest in runs_of_it] == [[], [], []]


def test_a_workbook_says_the_same_as_text(cast):
    rows = [["城管局", 8, 10], ["housing", 5.0, "5"]]
    content = spreadsheets.write(["单位", "计入", "总数"], rows, "表")
    figure(cast, content, name="figures.xlsx")
    assert sorted(OutsideFigure.objects.values_list("line", "numerator", "denominator")) == [
        (2, 8, 10), (3, 5, 5),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_of_text_is_read_as_it_is_saved_here(cast, encoding):
    stored, _new = figure(cast, TABLE.encode(encoding))
    assert list(stored.figures.values_list("numerator", "denominator")) == list(
        figure(cast, TABLE.encode("utf-8"), period="2026-02")[0].figures.values_list(
            "numerator", "denominator"
        )
    )


def test_a_workbook_that_would_fill_the_memory_is_refused(cast):
    rows = [["城管局", 8, 10]] * 10_001
    content = spreadsheets.write(["单位", "计入", "总数"], rows, "表")
    with pytest.raises(Refused) as refused:
        figure(cast, content, name="figures.xlsx")
    assert refused.value.code == "too_many_rows"
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"")
        archive.writestr("xl/worksheets/sheet1.xml", b"<sheetData>" + b" " * 50_000_000)
    with pytest.raises(TooLarge):
        figure(cast, packed.getvalue(), name="figures.xlsx")
    assert FigureFile.objects.count() == 0


def test_a_later_file_takes_the_place_of_what_it_names(cast):
    figure(cast, TABLE)
    figure(cast, "单位,计入,总数\n城管局,9,10\n")
    assert list(
        OutsideFigure.objects.filter(is_latest=True)
        .order_by("subject", "pk")
        .values_list("numerator", flat=True)
    ) in ([9, 5], [5, 9])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("单位,计入,总数\n没有的局,1,2\n", "bad_row"),
        ("单位,计入,总数\n城管局,1.5,2\n", "bad_row"),
        ("单位,计入,总数\n城管局,-1,2\n", "bad_row"),
        ("单位,计入,总数\n城管局,1\n", "bad_row"),
        ("单位,计入,总数\n城管局,1,2\nurban-management,1,2\n", "bad_row"),
        ("单位,计入,总数\n", "no_rows"),
        ("", "no_rows"),
    ],
)
def test_a_wrong_file_is_refused_whole(cast, text, code):
    with pytest.raises(Refused) as refused:
        figure(cast, text)
    assert refused.value.code == code
    assert FigureFile.objects.count() == 0


def test_a_file_that_is_none_and_people_who_do_not_import(cast):
    with pytest.raises(Refused) as refused:
        figure(cast, "x", name="figures.xlsx")
    assert refused.value.code == "bad_file"
    with pytest.raises(Refused) as refused:
        figure(cast, b"\xff\xfe\x81\x20\xff")
    assert refused.value.code == "unreadable"
    for person in (cast.street_cadre, cast.admin, cast.urban_officer):
        with pytest.raises(NotAllowed):
            figure(cast, TABLE, by=person)


def test_the_file_is_shown_to_the_office_alone(cast, page):
    stored, _new = figure(cast, TABLE)
    address = f"/assessments/figures/{stored.pk}/"
    assert page(cast.district_cadre).get(address).content == TABLE.encode()
    assert page(cast.urban_officer).get(address).status_code == 404


def test_ratings_wait_for_their_period(cast):
    with pytest.raises(WrongState) as refused:
        by_street(cast, whistles(cast), period="2026-Q3")
    assert refused.value.code == "period_not_begun"
    assert timedelta(0) < APRIL - NOW


FIGURES = "/api/v1/outside-figures/"


def sent(text=TABLE, **values):
    wanted = {
        "code": "handover", "subject_kind": "department", "period": "2026-03", "source": "督查室",
        "file": SimpleUploadedFile("figures.csv", text.encode("gb18030")),
    }  # fmt: skip
    return wanted | values


def test_figures_are_sent_once_and_listed(cast, api):
    office = api(cast.district_cadre)
    made = office.post(FIGURES, sent(), format="multipart")
    assert (made.status_code, made.data["rows"], made.data["source"]) == (201, 2, "督查室")
    again = office.post(FIGURES, sent(), format="multipart")
    assert (again.status_code, again.data["id"]) == (201, made.data["id"])
    assert OutsideFigure.objects.count() == 2
    assert [row["id"] for row in office.get(FIGURES).data["results"]] == [made.data["id"]]
    rows = office.get(f"{FIGURES}{made.data['id']}/rows/").data["results"]
    assert [(row["line"], row["numerator"], row["denominator"]) for row in rows] == [
        (2, 8, 10), (3, 5, 5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": "单位,计入,总数\n城管局,1\n"}, "bad_row"),
        ({"period": "2026-3"}, "bad_period"),
        ({"source": " \u200b"}, "invalid"),
        ({"code": "logins"}, "invalid"),
        ({"subject_kind": "firm"}, "unknown_indicator"),
        ({"file": "x"}, "invalid"),
    ],
)
def test_wrong_figures_are_a_problem_in_words(cast, api, change, code):
    answer = api(cast.district_cadre).post(FIGURES, sent(**change), format="multipart")
    assert (answer.status_code, answer.data["code"]) == (400, code)
    assert FigureFile.objects.count() == 0


def test_nobody_else_sends_or_reads_figures(cast, api):
    stored, _new = figure(cast, TABLE)
    for person in (cast.street_cadre, cast.urban_officer, cast.admin, cast.owner):
        client = api(person)
        assert client.post(FIGURES, sent(), format="multipart").status_code == 403
        assert client.get(FIGURES).status_code == 403
        assert client.get(f"{FIGURES}{stored.pk}/rows/").status_code == 403
    other = make.user()
    make.position(other, Role.DISTRICT_OFFICE, make.district())
    assert api(other).get(FIGURES).data["results"] == []
    assert api(other).get(f"{FIGURES}{stored.pk}/rows/").status_code == 404
