"""The yearly lists of honours: of published years, unranked, without scores; building heads are rated."""

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from openpyxl import load_workbook

from governance.assessment.enums import PeriodKind, RaterGroup, SubjectKind
from governance.assessment.models import Score
from governance.assessment.ratings import ratings
from governance.assessment.review import awards
from governance.assessment.runs import runs
from governance.assessment.schemes.definitions import Band, Definition, Item
from orgs.enums import Role
from orgs.errors import NotAllowed
from tests import factories as make
from tests.governance.assessment import assessment_factories as new
from volunteers.enums import BuildingRole

NEXT = datetime.fromisoformat("2027-02-01T09:00:00+08:00")
BANDS = (Band("excellent", "优秀", "score >= 90"), Band("good", "良好", "score < 90"))
ADDRESS = "/assessments/awards/"


def year_of(cast, kind, rated):
    """A published year in which some were given points by the street."""
    scheme = new.scheme(
        cast, Definition((Item("rating_superior", weight=1),), bands=BANDS), code=kind.value,
        subject_kind=kind, period_kind=PeriodKind.YEAR, is_public=True, begins=date(2026, 1, 1),
    )  # fmt: skip
    for subject, points in rated.items():
        ratings.rate(
            scheme=scheme, period="2026", subject=subject, group=RaterGroup.SUPERIOR,
            points=points, by=cast.street_cadre, now=make.NOW,
        )  # fmt: skip
    run = new.run(cast, scheme, "2026", NEXT)
    released = runs.release(run=run, by=cast.district_cadre, now=NEXT)
    return runs.publish(run=released, by=cast.district_cadre, now=NEXT + timedelta(days=9))


def test_who_keeps_two_districts_chooses_and_nobody_reads_anothers(page, cast, secretaries, later):
    year_of(cast, SubjectKind.SECRETARY, {person.pk: points for person, points in secretaries})
    first, others = make.district(code="100000"), make.district(code="999998")
    make.position(cast.district_cadre, Role.DISTRICT_OFFICE, first)
    client = page(cast.district_cadre)
    shown = client.get(ADDRESS)
    assert (shown.context["district"], shown.context["rows"]) == (first, [])
    assert [one.code for one in shown.context["districts"]] == ["100000", cast.district.code]
    own = client.get(ADDRESS, {"district": cast.district.code})
    assert [score.name for score, _band in own.context["rows"]] == ["书记92", "书记99"]
    export = f"{ADDRESS}secretaries/2026/"
    assert f'href="{export}?district={cast.district.code}"' in own.text
    assert client.get(export, {"district": cast.district.code}).status_code == 200
    assert client.get(export).status_code == 404
    assert client.get(ADDRESS, {"district": others.code}).status_code == 404


@pytest.fixture
def later():
    with time_machine.travel(NEXT + timedelta(days=10), tick=False):
        yield


@pytest.fixture
def secretaries(cast):
    """Three in one community: the best one comes last by code."""
    people = []
    for points in (92, 70, 99):
        compound = make.unit(cast.community)
        person = make.user(name=f"书记{points}")
        make.position(person, Role.BRANCH_SECRETARY, make.branch([compound]))
        people.append((person, points))
    return people


def test_a_list_holds_the_excellent_in_code_order_without_scores(cast, page, later, secretaries):
    with time_machine.travel(make.NOW, tick=False):
        year_of(cast, SubjectKind.SECRETARY, {one.pk: points for one, points in secretaries})
    office = page(cast.district_cadre)
    text = office.get(ADDRESS).content.decode().split("<main")[1]
    assert text.index("书记92") < text.index("书记99")
    assert "书记70" not in text
    assert "99.00" not in text
    answer = office.get(f"{ADDRESS}secretaries/2026/")
    rows = list(load_workbook(BytesIO(answer.content)).worksheets[0].values)
    assert [row[1] for row in rows[1:-1]] == ["书记92", "书记99"]
    assert {type(cell) for row in rows for cell in row} <= {str, type(None)}
    assert office.get(f"{ADDRESS}secretaries/2025/").status_code == 404
    assert office.get(f"{ADDRESS}nobody/2026/").status_code == 404


def test_nobody_stands_there_before_the_year_is_published(cast, page, later):
    assert "百佳小区书记" in page(cast.district_cadre).get(ADDRESS).content.decode()
    assert awards.years(cast.district) == []
    for person in (cast.street_cadre, cast.urban_officer, cast.secretary, cast.owner):
        assert page(person).get(ADDRESS).status_code == 403
        assert page(person).get(f"{ADDRESS}secretaries/2026/").status_code == 403


def test_building_heads_are_rated_and_honoured(cast, page, later):
    with time_machine.travel(make.NOW, tick=False):
        head = make.post(cast.building, BuildingRole.HEAD, user=cast.volunteer)
        year_of(cast, SubjectKind.BUILDING_HEAD, {head.pk: 95})
    assert Score.objects.get().band == "excellent"
    text = page(cast.district_cadre).get(f"{ADDRESS}?list=building-heads").content.decode()
    assert cast.volunteer.name in text


def test_a_building_head_does_not_rate_oneself(cast):
    with time_machine.travel(make.NOW, tick=False):
        head = make.post(cast.building, BuildingRole.HEAD, user=cast.street_cadre)
        with pytest.raises(NotAllowed) as refused:
            year_of(cast, SubjectKind.BUILDING_HEAD, {head.pk: 95})
    assert refused.value.code == "own_case"
