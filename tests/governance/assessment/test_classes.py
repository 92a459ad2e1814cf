"""Classes of compounds: gained and lost by documents, by the district alone, with their history."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from governance.assessment.classes import classes
from governance.assessment.enums import CompoundClassKind, SubjectKind
from governance.assessment.models import CompoundClass
from governance.assessment.runs import subjects
from governance.assessment.runs.preview import Window
from governance.assessment.schemes.definitions import Definition, Item
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry, User
from tests import factories as make
from tests.governance.assessment import assessment_factories as new

BASE = "/api/v1/compound-classes/"
TODAY = make.NOW.date()
STANDARD, MODEL = CompoundClassKind.STANDARD, CompoundClassKind.MODEL


@pytest.fixture(autouse=True)
def march():
    with time_machine.travel(make.NOW, tick=False):
        yield


def award(cast, kind=STANDARD, starts=date(2026, 1, 1), **more):
    wanted = {"compound": cast.compound, "by": cast.district_cadre, "reason": "创建命名文件1号"}
    return classes.award(kind=kind, starts=starts, now=make.NOW, **(wanted | more))


def test_a_better_class_ends_the_one_before(cast):
    first = award(cast)
    second = award(cast, MODEL, date(2026, 3, 1), reason="创建命名文件2号")
    first.refresh_from_db()
    assert (first.ends, first.end_reason) == (date(2026, 2, 28), "创建命名文件2号")
    assert first.ended_by == cast.district_cadre
    classes.withdraw(
        held=second, ends=TODAY, reason="复查不合格", by=cast.district_cadre, now=make.NOW
    )
    assert list(CompoundClass.objects.order_by("starts").values_list("kind", "ends")) == [
        ("standard", date(2026, 2, 28)), ("model", TODAY),
    ]  # fmt: skip
    actions = AuditEntry.objects.filter(action__in=["assessment.set-class", "assessment.end-class"])
    assert actions.count() == 3


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"starts": TODAY + timedelta(days=1)}, "bad_day"),
        ({"kind": MODEL, "starts": date(2026, 1, 1)}, "bad_day"),
        ({"kind": MODEL, "starts": date(2025, 12, 31)}, "bad_day"),
        ({"starts": date(2026, 2, 1)}, "same_class"),
        ({"kind": MODEL, "starts": date(2026, 2, 1), "reason": "\u200b"}, "no_reason"),
    ],
)
def test_a_wrong_class_is_refused(cast, change, code):
    award(cast)
    with pytest.raises(Refused) as refused:
        award(cast, **change)
    assert refused.value.code == code
    assert CompoundClass.objects.get().ends is None


def test_only_compounds_have_a_class_and_only_the_district_gives_it(cast):
    with pytest.raises(Refused):
        award(cast, compound=cast.community)
    for person in (cast.street_cadre, cast.community_worker, cast.secretary, cast.admin):
        with pytest.raises(NotAllowed):
            award(cast, by=person)
    held = award(cast)
    with pytest.raises(NotAllowed):
        classes.withdraw(held=held, ends=TODAY, reason="x", by=cast.street_cadre, now=make.NOW)


def test_a_class_ends_once_and_not_before_it_began(cast):
    held = award(cast)
    office = {"reason": "复查不合格", "by": cast.district_cadre, "now": make.NOW}
    with pytest.raises(Refused):
        classes.withdraw(held=held, ends=date(2025, 12, 31), **office)
    classes.withdraw(held=held, ends=date(2026, 2, 1), **office)
    with pytest.raises(WrongState):
        classes.withdraw(held=held, ends=date(2026, 2, 1), **office)
    with pytest.raises(Refused):
        award(cast, MODEL, date(2026, 2, 1))
    award(cast, STANDARD, date(2026, 2, 2))


def test_the_database_keeps_the_history(cast):
    held = award(cast)
    changes = (
        lambda: CompoundClass.objects.filter(pk=held.pk).update(kind=MODEL),
        lambda: CompoundClass.objects.filter(pk=held.pk).update(ends=TODAY),
        lambda: CompoundClass.objects.filter(pk=held.pk).delete(),
    )
    for change in changes:
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
            change()


def test_the_sheet_of_a_class_assesses_its_secretaries(cast):
    scheme = new.scheme(
        cast, Definition((Item("rating_superior", weight=1),)), code="secretary",
        subject_kind=SubjectKind.SECRETARY, compound_class=MODEL,
    )  # fmt: skip
    run = new.run(cast, scheme)
    assert run.scores.count() == 0
    award(cast, MODEL)
    assert isinstance(new.computing.window_of(run), Window)
    window = new.computing.window_of(run)
    found = [one.key for one in subjects.after(scheme, window, 0, 10)]
    assert found == [cast.secretary.pk]


def test_the_api_gives_takes_and_lists(cast, api):
    office = api(cast.district_cadre)
    body = {
        "compound": cast.compound.code, "kind": "model", "starts": "2026-01-01", "reason": "文件",
    }  # fmt: skip
    for person in (cast.street_cadre, cast.owner):
        assert api(person).post(BASE, body, format="json").status_code == 403
    made = office.post(BASE, body, format="json")
    assert (made.status_code, made.data["kind"], made.data["ends"]) == (201, "model", None)
    assert office.post(BASE, body, format="json").data["code"] == "same_class"
    wrong = office.post(BASE, body | {"compound": "x", "kind": "y"}, format="json")
    assert set(wrong.data["errors"]) == {"compound", "kind"}
    listed = api(cast.street_cadre).get(f"{BASE}?compound={cast.compound.code}").data["results"]
    assert [row["id"] for row in listed] == [made.data["id"]]
    assert api(cast.outsider).get(BASE).data["results"] == []
    take = f"{BASE}{made.data['id']}/withdraw/"
    ended = {"ends": "2026-02-01", "reason": "复查不合格"}
    assert api(cast.street_cadre).post(take, ended, format="json").status_code == 403
    assert api(cast.outsider).post(take, ended, format="json").status_code == 404
    answer = office.post(take, ended, format="json")
    assert (answer.status_code, answer.data["end_reason"]) == (200, "复查不合格")
    assert office.post(take, ended, format="json").data["code"] == "class_ended"


def test_the_pages_give_take_and_tell_the_history(cast, page):
    office, address = page(cast.district_cadre), f"/assessments/classes/{cast.compound.code}/"
    typed = {"kind": "standard", "starts": "2026-01-01", "reason": "创建文件"}
    kept = office.post(f"{address}award/", typed | {"starts": "2027-01-01"})
    assert kept.status_code == 400
    assert "创建文件" in kept.content.decode()
    assert office.post(f"{address}award/", typed).status_code == 302
    assert "创建文件" in office.get("/assessments/classes/?kind=standard").content.decode()
    assert (
        cast.compound.name
        not in (office.get("/assessments/classes/?kind=none").content.decode().split("<main")[1])
    )
    held = CompoundClass.objects.get()
    take = f"/assessments/classes/{held.pk}/withdraw/"
    street = page(cast.street_cadre)
    assert street.get(f"{address}award/").status_code == 403
    assert street.get(take).status_code == 403
    assert "创建文件" in street.get(address).content.decode()
    assert office.post(take, {"ends": "2026-02-01", "reason": "复查"}).status_code == 302
    assert "复查" in office.get(address).content.decode()
    assert page(cast.owner).get("/assessments/classes/").status_code == 403
    # Whoever works elsewhere has no such compound.
    assert page(cast.sibling_cadre).get(address).status_code == 404


def test_the_list_asks_no_more_for_more_compounds(cast, page):

    office, counts = page(cast.district_cadre), []
    office.get("/assessments/classes/")  # the first page of a session asks more
    for _round in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert office.get("/assessments/classes/").status_code == 200
        counts.append(len(queries))
        for _number in range(5):
            compound = make.unit(cast.community)
            # The tree has grown: what the account remembers of it is old.
            office_now = User.objects.get(pk=cast.district_cadre.pk)
            award(cast, compound=compound, by=office_now)
    assert counts[0] == counts[1]
