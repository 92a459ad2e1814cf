"""The API of assessments: fixed names, who sees and does what, the window of appeals."""

from datetime import timedelta

import pytest
import time_machine

from governance.assessment.enums import AppealState, RunState
from governance.assessment.models import LeftOut, Run, RunRow, Score, ScoreAppeal
from governance.assessment.runs import computing
from tasks.models import Rating
from tests.governance.assessment import assessment_factories as new
from tests.governance.assessment.assessment_factories import APRIL, MARCH

BASE = "/api/v1"
SCHEME = {
    "code": "own",
    "name": "自拟",
    "subject_kind": "department",
    "period_kind": "month",
    "begins": "2026-03-01",
    "source": "本区文件",
    "indicators": [
        {"code": "response", "weight": 50},
        {"code": "resolution", "weight": 50, "cap": "95"},
    ],
    "bands": [{"code": "good", "name": "良好", "condition": "score >= 80"}],
}


@pytest.fixture
def april():
    with time_machine.travel(APRIL, tick=False) as moment:
        yield moment


def post(client, path, body=None):
    return client.post(f"{BASE}{path}", body or {}, format="json")


def released(cast, api, stars=5):
    """A run of March that is released, with the score of the urban management."""
    new.rated(cast, stars)
    run = new.run(cast)
    answer = post(api(cast.district_cadre), f"/runs/{run.pk}/release/")
    assert (answer.status_code, answer.data["state"]) == (200, "appeals")
    return run, Score.objects.get(run=run, code="urban-management")


def test_a_scheme_is_drafted_checked_and_published(cast, api, april):
    client = api(cast.district_cadre)
    made = post(client, "/schemes/", SCHEME)
    assert made.status_code == 201, made.data
    key = made.data["id"]
    assert made.data["state"] == "draft"
    assert made.data["extra_entries"] == 0
    right = post(client, f"/schemes/{key}/check/", {"formula": "base - 2"})
    assert right.data == {"ok": True, "position": None, "detail": ""}
    wrong = post(client, f"/schemes/{key}/check/", {"formula": "base - nothing"})
    assert (wrong.status_code, wrong.data["ok"], wrong.data["position"]) == (200, False, 8)
    deep = post(client, f"/schemes/{key}/check/", {"formula": "(" * 10_000 + "1" + ")" * 10_000})
    assert (deep.status_code, deep.data["ok"]) == (200, False)
    published = post(client, f"/schemes/{key}/publish/")
    assert (published.status_code, published.data["state"]) == (200, "published")
    assert post(client, f"/schemes/{key}/publish/").status_code == 409
    again = post(client, "/schemes/", SCHEME)
    assert (again.status_code, again.data["version"]) == (201, 2)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"formula": "base +"}, "formula"),
        ({"formula": "base + nothing"}, "formula"),
        ({"indicators": [{"code": "logins", "weight": 1}]}, "unknown_indicator"),
        ({"indicators": [{"code": "duty_met", "weight": 1}]}, "indicator_unfit"),
        ({"indicators": [{"code": "response", "weight": 0}]}, "bad_scheme"),
        ({"indicators": [{"code": "response", "weight": 1, "formula": "score"}]}, "formula"),
        ({"indicators": [{"code": "response", "weight": 1, "cap": "x"}]}, "bad_scheme"),
        ({"indicators": [{"code": "response", "weight": 1}] * 2}, "bad_scheme"),
        ({"bands": [{"code": "a", "name": "a", "condition": "("}]}, "formula"),
        ({"has_black_list": True}, "no_publisher"),
    ],
)
def test_a_wrong_scheme_is_refused(cast, api, change, code):
    answer = post(api(cast.district_cadre), "/schemes/", SCHEME | change)
    assert (answer.status_code, answer.data["code"]) == (400, code)


def test_who_answers_for_nothing_makes_no_scheme(cast, api):
    for person in (cast.street_cadre, cast.owner, cast.community_worker, cast.urban_officer):
        assert post(api(person), "/schemes/", SCHEME).status_code == 403


def test_a_run_is_started_once(cast, api, april):
    scheme = new.scheme(cast)
    body = {"scheme": scheme.pk, "period": MARCH}
    assert post(api(cast.street_cadre), "/runs/", body).status_code == 403
    made = post(api(cast.district_cadre), "/runs/", body)
    assert (made.status_code, made.data["state"]) == (201, "computing")
    again = post(api(cast.district_cadre), "/runs/", body)
    assert (again.status_code, again.data["code"]) == (409, "run_exists")
    unknown = post(api(cast.district_cadre), "/runs/", {"scheme": 999, "period": MARCH})
    assert unknown.status_code == 400
    wrong = post(api(cast.district_cadre), "/runs/", {"scheme": scheme.pk, "period": "2026-Q1"})
    assert (wrong.status_code, wrong.data["code"]) == (400, "bad_period")


def test_the_course_of_a_run(cast, api, april):
    run, score = released(cast, api)
    office = api(cast.district_cadre)
    early = post(office, f"/runs/{run.pk}/publish/")
    assert (early.status_code, early.data["code"]) == (409, "appeal_window_open")
    assert post(office, f"/runs/{run.pk}/release/").status_code == 409
    april.move_to(APRIL + timedelta(days=7))
    late = post(api(cast.urban_officer), f"/scores/{score.pk}/appeal/", {"reason": "不对"})
    assert (late.status_code, late.data["code"]) == (409, "appeal_closed")
    assert post(office, f"/runs/{run.pk}/publish/").data["state"] == "published"
    assert post(office, f"/runs/{run.pk}/archive/").data["state"] == "archived"


def test_only_whoever_answers_for_it_takes_a_step(cast, api, april):
    run = new.run(cast)
    new.rated(cast)
    for person in (cast.admin, cast.street_cadre, cast.urban_officer, cast.owner):
        assert post(api(person), f"/runs/{run.pk}/release/").status_code in (403, 404)
    run.refresh_from_db()
    assert run.state == RunState.REVIEW


def test_the_assessed_read_their_own_and_nobody_elses(cast, api, april):
    run, score = released(cast, api)
    own = api(cast.urban_officer).get(f"{BASE}/runs/{run.pk}/scores/")
    assert [row["subject"]["code"] for row in own.data["results"]] == ["urban-management"]
    [row] = own.data["results"]
    assert row["value"] == "100.00"
    assert row["appeal_until"]
    assert row["indicators"][0] | {"label": ""} == {
        "code": "response", "label": "", "numerator": 1, "denominator": 1, "rows": 1,
        "value": "1.0000", "points": "100.00", "weight": 30, "note": "",
    }  # fmt: skip
    every = api(cast.district_cadre).get(f"{BASE}/runs/{run.pk}/scores/")
    assert len(every.data["results"]) == 3
    for person in (cast.housing_officer, cast.owner, cast.outsider, cast.secretary):
        assert (
            api(person).get(f"{BASE}/scores/{score.pk}/rows/?indicator=response").status_code == 404
        )
        assert post(api(person), f"/scores/{score.pk}/appeal/", {"reason": "x"}).status_code == 404
    for person in (cast.owner, cast.outsider):
        assert api(person).get(f"{BASE}/runs/{run.pk}/").status_code == 404
        assert api(person).get(f"{BASE}/runs/{run.pk}/scores/").status_code == 404


def test_nobody_reads_a_score_before_it_is_released(cast, api, april):
    new.rated(cast)
    run = new.run(cast)
    assert api(cast.urban_officer).get(f"{BASE}/runs/{run.pk}/").status_code == 404
    assert api(cast.district_cadre).get(f"{BASE}/runs/{run.pk}/").status_code == 200


def test_every_figure_opens_its_rows(cast, api, april):
    _run, score = released(cast, api)
    client = api(cast.urban_officer)
    rows = client.get(f"{BASE}/scores/{score.pk}/rows/?indicator=resolution").data
    [row] = rows["results"]
    rating = Rating.objects.get()
    assert (row["key"], row["numerator"], row["denominator"]) == (rating.pk, 1, 1)
    assert rating.task.number in row["text"]
    assert row["url"].endswith(f"/{rating.task.number}/")
    unknown = client.get(f"{BASE}/scores/{score.pk}/rows/?indicator=nothing")
    assert (unknown.status_code, unknown.data["code"]) == (400, "unknown_indicator")
    assert client.get(f"{BASE}/scores/{score.pk}/rows/?indicator=overdue").status_code == 400


def test_an_appeal_is_granted_and_the_correction_leaves_the_row_out(cast, api, april):
    new.rated(cast, 1, False)
    run, score = released(cast, api)
    rating = Rating.objects.get(resolved=False)
    client, office = api(cast.urban_officer), api(cast.district_cadre)
    body = {"reason": "诉求超出职责", "indicator": "resolution"}
    made = post(client, f"/scores/{score.pk}/appeal/", body)
    assert (made.status_code, made.data["status"]) == (201, "waiting")
    twice = post(client, f"/scores/{score.pk}/appeal/", body)
    assert (twice.status_code, twice.data["code"]) == (409, "appeal_waits")
    key = made.data["id"]
    assert (
        post(client, f"/score-appeals/{key}/decide/", {"granted": True, "reason": "x"}).status_code
        == 403
    )
    wrong = {"granted": True, "reason": "属实", "leave_out": [rating.pk + 999]}
    assert post(office, f"/score-appeals/{key}/decide/", wrong).data["code"] == "unknown_row"
    assert ScoreAppeal.objects.get(pk=key).state == AppealState.WAITING
    decided = post(office, f"/score-appeals/{key}/decide/", wrong | {"leave_out": [rating.pk]})
    assert (decided.status_code, decided.data["status"]) == (200, "granted")
    assert post(office, f"/score-appeals/{key}/decide/", wrong).status_code == 409
    april.move_to(APRIL + timedelta(days=7))
    blocked = post(office, f"/runs/{run.pk}/publish/")
    assert (blocked.status_code, blocked.data["code"]) == (409, "correction_needed")
    corrected = post(office, f"/runs/{run.pk}/correct/", {"reason": "申诉成立"})
    assert (corrected.status_code, corrected.data["revision"]) == (200, 2)
    again = Run.objects.get(pk=corrected.data["id"])
    assert computing.compute(again.pk, APRIL)
    assert LeftOut.objects.get().key == rating.pk
    assert RunRow.objects.get(run=again, indicator="resolution", key=rating.pk).left_out
    before, now = (Score.objects.get(run=one, code="urban-management") for one in (run, again))
    assert '"denominator":2' in before.result
    assert before.value != now.value
    blocked = post(office, f"/runs/{run.pk}/publish/")
    assert blocked.data["code"] == "run_corrected"


def test_rows_that_were_left_out_are_reached_though_nothing_else_counted(cast, page, april):
    new.rated(cast, 1, False)
    LeftOut.objects.create(
        district=cast.district, code="department-rates", indicator="resolution",
        key=Rating.objects.get().pk, reason="申诉成立", asked_by=cast.urban_officer,
        decided_by=cast.district_cadre, decided_at=APRIL,
    )  # fmt: skip
    run = new.run(cast)
    score = Score.objects.get(run=run, code="urban-management")
    assert '"denominator":0' in score.result
    address = f"/assessments/scores/{score.pk}/"
    shown = page(cast.district_cadre).get(address).content.decode()
    assert 'href="?indicator=resolution#rows"' in shown
    rows = page(cast.district_cadre).get(f"{address}?indicator=resolution").content.decode()
    assert "经审核剔除" in rows


def test_no_appeal_waits_when_results_are_published(cast, api, april):
    run, score = released(cast, api)
    post(api(cast.urban_officer), f"/scores/{score.pk}/appeal/", {"reason": "不对"})
    april.move_to(APRIL + timedelta(days=7))
    blocked = post(api(cast.district_cadre), f"/runs/{run.pk}/publish/")
    assert (blocked.status_code, blocked.data["code"]) == (409, "appeals_waiting")


def test_a_correction_loses_no_appeal_of_the_run_before(cast, api, april):
    """What waits, or is granted after the correction was begun, holds the correction up too."""
    run, score = released(cast, api)
    officer, office = api(cast.urban_officer), api(cast.district_cadre)
    key = post(officer, f"/scores/{score.pk}/appeal/", {"reason": "不对"}).data["id"]
    again = post(office, f"/runs/{run.pk}/correct/", {"reason": "补录"}).data["id"]
    assert computing.compute(again, APRIL)
    post(office, f"/runs/{again}/release/")
    assert (
        post(api(cast.housing_officer), f"/scores/{score.pk + 1}/appeal/", {"reason": "x"}).data
        ["code"] == "run_corrected"
    )  # fmt: skip
    april.move_to(APRIL + timedelta(days=7))
    office = api(cast.district_cadre)
    assert post(office, f"/runs/{again}/publish/").data["code"] == "appeals_waiting"
    decided = post(office, f"/score-appeals/{key}/decide/", {"granted": True, "reason": "属实"})
    assert decided.status_code == 200
    assert post(office, f"/runs/{again}/publish/").data["code"] == "correction_needed"


def test_who_runs_the_portal_appeals_for_nobody(cast, api, april):
    _run, score = released(cast, api)
    answer = post(api(cast.admin), f"/scores/{score.pk}/appeal/", {"reason": "x"})
    assert answer.status_code == 403
    assert not ScoreAppeal.objects.exists()


def test_an_empty_reason_is_no_reason(cast, api, april):
    run, score = released(cast, api)
    office = api(cast.district_cadre)
    assert post(office, f"/runs/{run.pk}/correct/", {"reason": " "}).status_code == 400
    assert (
        post(api(cast.urban_officer), f"/scores/{score.pk}/appeal/", {"reason": ""}).status_code
        == 400
    )


def test_lists_take_as_many_statements_for_one_as_for_thirty(
    cast, api, april, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from orgs.models import Department

    new.rated(cast)
    run = new.run(cast)
    post(api(cast.district_cadre), f"/runs/{run.pk}/release/")
    counts = []
    Department.objects.bulk_create(
        Department(code=f"d{number}", name="局", short_name=f"局{number}", district=cast.district)
        for number in range(30)
    )
    many = new.run(cast, new.scheme(cast, code="many"))
    for one in (run, many):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = api(cast.district_cadre).get(f"{BASE}/runs/{one.pk}/scores/?limit=200")
        counts.append((len(answer.data["results"]), len(queries)))
    assert counts[0][0] < counts[1][0]
    assert counts[0][1] == counts[1][1]
