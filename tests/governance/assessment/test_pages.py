"""Pages of assessments: why a score is what it is, the whole course, schemes, what is made public."""

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from governance.assessment import notifications
from governance.assessment.enums import PeriodKind, RunAction, RunState, SchemeState, SubjectKind
from governance.assessment.models import AppealAttachment, Run, Scheme, Score, ScoreAppeal
from governance.assessment.review import appeals, export
from governance.assessment.runs import computing, runs
from governance.assessment.runs.specification import OWN, SPECIFICATIONS
from governance.assessment.schemes import examples, schemes
from governance.assessment.schemes.definitions import Definition, Item
from orgs.attachments import attachments
from orgs.attachments.sheets import Sheets
from orgs.enums import Role
from orgs.models import Attachment, Notice
from orgs.workflow.notifications import Staff
from tasks.enums import Action, Status
from tests import factories as make
from tests import files
from tests.governance.assessment import assessment_factories as new
from tests.governance.assessment.assessment_factories import APRIL


@pytest.fixture
def april():
    with time_machine.travel(APRIL, tick=False) as moment:
        yield moment


@pytest.fixture
def released(cast):
    new.rated(cast, 4)
    new.rated(cast, 2, False)
    run = runs.release(run=new.run(cast), by=cast.district_cadre, now=APRIL)
    return Score.objects.get(run=run, code="urban-management")


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_one_finds_why_the_urban_management_scored_so(cast, page, april, released):
    browser = page(cast.urban_officer)
    assert f"/assessments/scores/{released.pk}/" in text_of(browser.get("/assessments/"))
    text = text_of(browser.get(f"/assessments/scores/{released.pk}/"))
    assert "城管局为什么是这个分" in text
    assert released.value in text
    assert "30 × 100.00 + 35 × 50.00" in text
    assert "评价 2，其中评为已解决 1" in text
    # (100 − 50) × 35 ÷ 100.
    assert "扣 17.50 分" in text
    rows = text_of(browser.get(f"/assessments/scores/{released.pk}/?indicator=resolution"))
    assert rows.index("2 星，未解决") < rows.index("4 星，已解决")
    for appeal in ("4 星，已解决", "2 星，未解决"):
        assert appeal in rows
    assert browser.get(f"/assessments/scores/{released.pk}/?indicator=x").status_code == 404


def test_what_counts_against_somebody_stands_first_and_is_no_green_row(cast, page, april):
    """Of refusals the refused ones, not those that were taken on."""
    new.rated(cast)
    refused = make.task(cast, Status.DISPATCHED)
    make.act(refused, Action.REFUSE, cast.urban_officer, make.NOW, reason="不属职责")
    run = new.run(cast, new.scheme(cast, Definition((Item("refusal", weight=1),))))
    score = Score.objects.get(run=run, code="urban-management")
    shown = page(cast.district_cadre).get(f"/assessments/scores/{score.pk}/?indicator=refusal")
    assert [(row.numerator, row.costs) for row in shown.context["counted"]] == [
        (1, True),
        (0, False),
    ]
    rows = text_of(shown).split('id="rows"')[1]
    assert rows.index("tag-amber") < rows.index(refused.number) < rows.index("tag-green")


def test_an_appeal_over_the_api_takes_what_proves_it(cast, api, released):
    photo = attachments.store(upload=files.upload(files.photo()), by=cast.urban_officer, now=APRIL)
    with time_machine.travel(APRIL, tick=False):
        answer = api(cast.urban_officer).post(
            f"/api/v1/scores/{released.pk}/appeal/",
            {"reason": "不对", "attachments": [str(photo.pk)]},
            format="json",
        )
    assert answer.status_code == 201, answer.data
    assert AppealAttachment.objects.get().attachment == photo


def test_an_appeal_shows_what_proves_it_and_the_old_score_its_correction(
    cast, page, april, released
):
    photo = Attachment(kind="photo", uploaded_by=cast.urban_officer, created_at=APRIL)
    photo.file.save("a.jpg", ContentFile(b"jpeg"), save=False)
    photo.thumbnail.save("b.jpg", ContentFile(b"jpeg"), save=False)
    photo.save(force_insert=True)
    browser, office = page(cast.urban_officer), page(cast.district_cadre)
    appeal = appeals.appeal(
        score=released, reason="不对", by=cast.urban_officer, now=APRIL, attachments=[photo]
    )
    address = f"/assessments/scores/{released.pk}/"
    assert f'href="/media/{photo.pk}/"' in text_of(browser.get(address))
    for person, status in ((cast.district_cadre, 200), (cast.housing_officer, 404)):
        assert page(person).get(f"/media/{photo.pk}/").status_code == status
    run = released.run
    assert "请先更正重算" not in text_of(office.get(f"/assessments/runs/{run.pk}/"))
    appeals.decide(appeal=appeal, granted=True, reason="属实", by=cast.district_cadre, now=APRIL)
    assert "请先更正重算" in text_of(office.get(f"/assessments/runs/{run.pk}/"))
    assert "申诉截止" in text_of(office.get("/assessments/"))
    again = runs.correct(run=run, reason="申诉成立", by=cast.district_cadre, now=APRIL)
    assert "申诉截止" not in text_of(office.get("/assessments/"))
    computing.compute(again.pk, APRIL)
    assert "已更正" not in text_of(browser.get("/assessments/")).split("各周期")[0]
    runs.release(run=again, by=cast.district_cadre, now=APRIL)
    assert "已更正" in text_of(browser.get("/assessments/")).split("各周期")[0]
    corrected = Score.objects.get(run=again, code="urban-management")
    assert f'href="/assessments/scores/{corrected.pk}/"' in text_of(browser.get(address))


def test_the_people_of_a_firm_are_told_of_its_score(cast, april):
    scheme = new.scheme(
        cast, Definition((Item("rating_resident", weight=1),)), code="firm",
        subject_kind=SubjectKind.FIRM,
    )  # fmt: skip
    make.contract(cast.compound)
    runs.release(run=new.run(cast, scheme), by=cast.district_cadre, now=APRIL)
    notifications.notify_of_entries(APRIL)
    assert Notice.objects.filter(recipient=cast.property_clerk, kind="run-own").count() == 1


@pytest.mark.parametrize(
    ("kind", "item", "role"),
    [
        (SubjectKind.FIRM, "rating_resident", Role.PROPERTY_STAFF),
        (SubjectKind.COMPOUND, "resolution", Role.COMMUNITY_WORKER),
    ],
)
def test_telling_the_assessed_takes_no_statement_a_place(cast, april, kind, item, role):
    """A big city has thousands of compounds, and the job is stopped after five minutes."""
    scheme = new.scheme(
        cast, Definition((Item(item, weight=1),)), code="many", subject_kind=kind,
        begins=date(2026, 2, 1),
    )  # fmt: skip
    firm, people = make.firm(), set()

    def told(period, places):
        for _number in range(places):
            where, person = make.unit(cast.community), make.user()
            make.contract(where, firm=firm)
            make.position(person, role, where)
            people.add(person.pk)
        run = runs.release(run=new.run(cast, scheme, period), by=cast.district_cadre, now=APRIL)
        entry = run.entries.get(action=RunAction.RELEASE)
        with CaptureQueriesContext(connection) as statements:
            found = SPECIFICATIONS[RunAction.RELEASE].audience(entry, Staff(APRIL.date()))
        assert people <= found[OWN]
        assert cast.sibling_cadre.pk not in found[OWN]
        return len(statements)

    assert told("2026-02", 1) == told("2026-03", 20)


def test_others_do_not_see_it(cast, page, april, released):
    for person in (cast.housing_officer, cast.owner, cast.secretary, cast.outsider):
        browser = page(person)
        assert browser.get(f"/assessments/scores/{released.pk}/").status_code == 404
        assert browser.get(f"/assessments/scores/{released.pk}/letter/").status_code == 404
        assert browser.get(f"/assessments/scores/{released.pk}/appeal/").status_code == 404


def test_the_whole_course_in_the_browser(cast, page, april):
    new.rated(cast, 4)
    run = new.run(cast)
    office = page(cast.district_cadre)
    assert "待审核" in text_of(office.get(f"/assessments/runs/{run.pk}/"))
    office.post(f"/assessments/runs/{run.pk}/release/")
    run.refresh_from_db()
    assert run.state == RunState.APPEALS
    score = Score.objects.get(run=run, code="urban-management")
    officer = page(cast.urban_officer)
    answer = officer.post(
        f"/assessments/scores/{score.pk}/appeal/", {"reason": "不对", "indicator": "resolution"}
    )
    assert answer.status_code == 302
    appeal = ScoreAppeal.objects.get()
    assert "不对" in text_of(office.get("/assessments/appeals/"))
    decide = f"/assessments/appeals/{appeal.pk}/decide/"
    assert "不再计入的明细" in text_of(office.get(decide))
    assert officer.get(decide).status_code == 403
    assert office.post(decide, {"granted": "1", "reason": "属实"}).status_code == 302
    answer = office.post(f"/assessments/runs/{run.pk}/correct/", {"reason": "申诉成立"})
    again = Run.objects.get(corrects=run)
    assert answer.status_code == 302
    computing.compute(again.pk, APRIL)
    office.post(f"/assessments/runs/{again.pk}/release/")
    april.move_to(APRIL + timedelta(days=8))
    page(cast.district_cadre).post(f"/assessments/runs/{again.pk}/publish/")
    again.refresh_from_db()
    assert again.state == RunState.PUBLISHED
    text = text_of(page(cast.district_cadre).get(f"/assessments/runs/{run.pk}/"))
    assert "本期已有更正版" in text


def test_people_are_masked_where_results_are_made_public(cast, page, april):
    scheme = new.scheme(
        cast,
        Definition((Item("rating_superior", weight=1),)),
        code="worker",
        subject_kind=SubjectKind.COMMUNITY_WORKER,
        is_public=True,
    )
    run = new.run(cast, scheme)
    address = f"/assessments/runs/{run.pk}/public/"
    assert page(cast.community_worker).get(address).status_code == 404
    runs.release(run=run, by=cast.district_cadre, now=APRIL)
    april.move_to(APRIL + timedelta(days=8))
    run.refresh_from_db()
    runs.publish(run=run, by=cast.district_cadre, now=APRIL + timedelta(days=8))
    # Whoever lives in the district reads it too.
    person = make.resident(cast.building, account=cast.owner)
    make.belonging(
        person,
        make.household(cast.building),
        verified_at=make.NOW,
        verified_by=cast.community_worker,
    )
    for person in (cast.community_worker, cast.owner):
        text = text_of(page(person).get(address))
        assert "陈社工" not in text.split("<main")[1]
        assert "陈**" in text
    assert address in text_of(page(cast.owner).get(f"/assessments/runs/{run.pk}/"))
    # Whoever has it in the menu needs no second way there.
    assert "查看公示" in text_of(page(cast.owner).get("/assessments/ratings/"))
    assert "查看公示" not in text_of(page(cast.street_cadre).get("/assessments/ratings/"))
    assert "查看公示" not in text_of(page(cast.outsider).get("/assessments/ratings/"))


def test_whoever_lives_there_reads_the_schemes_made_public_alone(cast, page, api, april):
    """A verified home leads to what is published, not to how the staff are assessed."""
    shown = new.scheme(cast, code="shown", is_public=True)
    hidden = new.scheme(cast, code="hidden")
    schemes.draft(
        district=cast.district, definition=new.RATES, by=None, now=make.NOW, code="draft",
        name="草稿", subject_kind=SubjectKind.DEPARTMENT, period_kind=PeriodKind.MONTH,
        begins=APRIL.date(), source="示例", is_public=True,
    )  # fmt: skip

    def seen(person):
        listed = page(person).get("/assessments/schemes/").context["rows"]
        answered = api(person).get("/api/v1/schemes/").data["results"]
        assert [row.pk for row in listed] == [row["id"] for row in answered]
        return {row["code"] for row in answered}

    assert seen(cast.owner) == set()
    resident = make.resident(cast.building, account=cast.owner)
    make.belonging(
        resident, make.household(cast.building),
        verified_at=make.NOW, verified_by=cast.community_worker,
    )  # fmt: skip
    assert seen(cast.owner) == {"shown"}
    browser = page(cast.owner)
    assert browser.get(f"/assessments/schemes/{shown.pk}/").status_code == 200
    assert browser.get(f"/assessments/schemes/{hidden.pk}/").status_code == 404
    assert seen(cast.community_worker) == {"shown", "hidden"}


def test_a_colleague_does_not_read_a_persons_score(cast, page, april):
    scheme = new.scheme(
        cast,
        Definition((Item("rating_superior", weight=1),)),
        code="worker",
        subject_kind=SubjectKind.COMMUNITY_WORKER,
    )
    run = runs.release(run=new.run(cast, scheme), by=cast.district_cadre, now=APRIL)
    score = Score.objects.get(run=run, account=cast.community_worker)
    address = f"/assessments/scores/{score.pk}/"
    assert page(cast.community_worker).get(address).status_code == 200
    assert page(cast.street_cadre).get(address).status_code == 200
    for person in (cast.sibling_worker, cast.grid_worker, cast.sibling_cadre, cast.secretary):
        assert page(person).get(address).status_code == 404


def test_a_scheme_is_edited_tried_and_put_in_force(cast, page, april):
    new.rated(cast)
    scheme = new.scheme(cast)
    browser = page(cast.district_cadre)
    form = browser.get(f"/assessments/schemes/{scheme.pk}/edit/").context["form"]
    typed = {name: value for name, value in form.initial.items() if value is not False}
    typed |= {"resolution.weight": 70, "satisfaction.role": "", "satisfaction.weight": 0}
    tried = text_of(browser.post(f"/assessments/schemes/{scheme.pk}/try/", typed))
    assert "城管局" in tried
    assert Scheme.objects.count() == 1
    bad = browser.post(f"/assessments/schemes/{scheme.pk}/edit/", typed | {"formula": "base +"})
    assert bad.status_code == 400
    assert "得分公式，第 7 个字符：公式没有写完" in bad.content.decode()
    wrong = typed | {"resolution.formula": "value * nope"}
    bad = browser.post(f"/assessments/schemes/{scheme.pk}/try/", wrong)
    assert "解决率，第 9 个字符" in bad.content.decode()
    assert browser.post(f"/assessments/schemes/{scheme.pk}/edit/", typed).status_code == 302
    draft = Scheme.objects.get(state=SchemeState.DRAFT)
    assert draft.version == 2
    browser.post(f"/assessments/schemes/{draft.pk}/publish/")
    scheme.refresh_from_db()
    draft.refresh_from_db()
    assert (scheme.state, draft.state) == (SchemeState.REPLACED, SchemeState.PUBLISHED)
    address = f"/assessments/schemes/{draft.pk}/edit/"
    assert address in text_of(page(cast.admin).get(f"/admin/assessment/scheme/{draft.pk}/change/"))
    text = text_of(browser.get(f"/assessments/schemes/{draft.pk}/"))
    assert "要求被考核对象额外填报" in text
    for person in (cast.street_cadre, cast.urban_officer):
        assert page(person).get(f"/assessments/schemes/{draft.pk}/edit/").status_code == 403


def test_examples_are_added_as_drafts(cast, page, april):
    page(cast.district_cadre).post("/assessments/schemes/examples/")
    assert Scheme.objects.filter(state=SchemeState.DRAFT).count() == len(examples.EXAMPLES)
    text = text_of(page(cast.district_cadre).get("/assessments/schemes/"))
    assert "示例" in text


def test_the_workbook_shows_its_formulas(cast, page, april, released):
    answer = page(cast.district_cadre).get(f"/assessments/runs/{released.run_id}/export/")
    book = load_workbook(
        BytesIO(b"".join(answer.streaming_content) if answer.streaming else answer.content)
    )
    formulas = [
        cell.value
        for row in book.worksheets[0].iter_rows()
        for cell in row
        if str(cell.value).startswith("=")
    ]
    assert len(formulas) == 3
    assert all("IF(2*(" in formula for formula in formulas)
    assert (
        page(cast.urban_officer).get(f"/assessments/runs/{released.run_id}/export/").status_code
        == 403
    )


def test_the_letter_is_a_pdf(cast, page, april, released):
    answer = page(cast.urban_officer).get(f"/assessments/scores/{released.pk}/letter/")
    assert answer.content.startswith(b"%PDF")


def test_the_last_day_for_appeals_is_said_in_words(cast, april, released, monkeypatch):
    lines, run = [], released.run
    monkeypatch.setattr(Sheets, "line", lambda self, text, *sizes: lines.append(text))
    export.letter(score=released, by=cast.urban_officer, now=APRIL)
    assert run.appeal_until == timezone.make_aware(datetime(2026, 4, 11)), "until it begins"
    notice = notifications._notice("assessment", run.entries.last(), cast.urban_officer.pk)
    for text in ("\n".join(lines), notifications._text(notice.data)):
        assert "2026年4月10日" in text


def test_a_run_is_started_by_hand(cast, page, april):
    scheme = new.scheme(cast)
    browser = page(cast.district_cadre)
    address = f"/assessments/schemes/{scheme.pk}/start/"
    assert browser.post(address, {"period": "2026-Q1"}).status_code == 400
    assert browser.post(address, {"period": "2026-03"}).status_code == 302
    assert Run.objects.count() == 1
    assert page(cast.street_cadre).get(address).status_code == 403


def test_rating_in_the_browser(cast, page, april):
    scheme = new.scheme(
        cast,
        Definition((Item("rating_street", weight=1),)),
        code="whistle",
        period_kind=PeriodKind.QUARTER,
    )
    browser = page(cast.street_cadre)
    text = text_of(browser.get("/assessments/ratings/"))
    address = f"/assessments/schemes/{scheme.pk}/ratings/2026-Q1/street/{cast.urban.pk}/"
    assert address in text
    assert browser.post(address, {"points": "90", "text": "好"}).status_code == 302
    assert page(cast.owner).get(address).status_code == 404
    assert make.NOW < APRIL


def test_figures_are_imported_in_the_browser(cast, page, april):
    from django.core.files.uploadedfile import SimpleUploadedFile

    browser = page(cast.district_cadre)
    assert browser.get("/assessments/figures/").status_code == 200
    typed = {
        "code": "handover", "subject_kind": "department", "period": "2026-03", "source": "督查室",
        "file": SimpleUploadedFile("a.csv", "单位,计入,总数\n城管局,1,2\n".encode()),
    }  # fmt: skip
    assert browser.post("/assessments/figures/import/", typed).status_code == 302
    assert "a.csv" in text_of(browser.get("/assessments/figures/"))
    assert page(cast.street_cadre).get("/assessments/figures/").status_code == 403
