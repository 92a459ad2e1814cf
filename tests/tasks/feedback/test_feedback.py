"""Feedback in both directions: invitations, answers counted together, whistles spoken of."""

from datetime import date, timedelta

import pytest
from django.utils.formats import date_format

from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Notice
from orgs.notifications import notifications
from tasks.enums import Action, Status
from tasks.feedback import feedback, views
from tasks.models import DepartmentFeedback, FeedbackRound, WhistleFeedback
from tests import factories as make

DAY = make.NOW.date()
LATER = make.NOW + timedelta(days=2)


def start(cast, **values):
    return feedback.open_round(
        **{
            "street": cast.street, "first": DAY - timedelta(days=30), "last": DAY,
            "closes_on": DAY + timedelta(days=10), "by": cast.street_cadre, "now": LATER,
        }
        | values
    )  # fmt: skip


@pytest.fixture
def dispatched(cast):
    """A task with urban management leading and housing assisting, reported by the owner."""
    return make.task(cast, Status.REPORTED_IN)


def rate(row, stars=5, by=None, now=LATER):
    feedback.answer(
        feedback=row, responds=stars, solves=stars, manner=stars, by=by or row.rater, now=now
    )


def test_communities_and_reporters_are_invited_for_those_who_were_called(cast, dispatched):
    made = start(cast)
    pairs = set(made.feedback.values_list("rater__username", "department__code"))
    assert pairs == {
        (rater, department)
        for rater in ("community", "community2", "owner")
        for department in ("urban-management", "housing")
    }
    notices = Notice.objects.filter(kind=feedback.INVITED)
    assert notices.count() == 3
    until = date_format(made.closes_on)
    assert notifications.text_of(notices[0]) == f"西湖街道邀请您评价部门，{until} 截止。"
    assert "年" in until


def test_nobody_rates_their_own_department(cast):
    make.task(cast, Status.DISPATCHED, by=cast.urban_officer)
    made = start(cast)
    pairs = set(made.feedback.values_list("rater__username", "department__code"))
    assert ("dept_urban", "housing") in pairs
    assert ("dept_urban", "urban-management") not in pairs


@pytest.mark.parametrize("who", ["sibling_cadre", "community_worker", "urban_officer", "owner"])
def test_only_the_street_invites(cast, dispatched, who):
    with pytest.raises(NotAllowed):
        start(cast, by=getattr(cast, who))
    assert FeedbackRound.objects.count() == 0


@pytest.mark.parametrize(
    "days",
    [
        {"first": DAY + timedelta(days=1)},
        {"closes_on": DAY},
        {"closes_on": DAY + timedelta(days=1)},
        {"closes_on": LATER.date() + feedback.LONGEST_OPEN + timedelta(days=1)},
        {"first": date(2020, 1, 1), "last": date(2020, 2, 1)},
    ],
)
def test_days_that_do_not_fit_are_refused(cast, dispatched, days):
    with pytest.raises(Refused):
        start(cast, **days)
    assert FeedbackRound.objects.count() == 0


def test_a_round_is_opened_once(cast, dispatched):
    start(cast)
    with pytest.raises(WrongState):
        start(cast)


def test_an_answer_counts_once_and_until_the_round_closes(cast, dispatched):
    row = start(cast).feedback.get(rater=cast.owner, department=cast.urban)
    with pytest.raises(NotAllowed):
        rate(row, by=cast.neighbour)
    rate(row, 4)
    with pytest.raises(WrongState):
        rate(row, 5)
    row.refresh_from_db()
    assert row.solves == 4
    other = row.round.feedback.get(rater=cast.owner, department=cast.housing)
    with pytest.raises(WrongState):
        rate(other, now=make.NOW + timedelta(days=30))


def test_sums_are_shown_from_five_answers_on(cast, dispatched):
    made = start(cast)
    for _number in range(3):
        extra = make.user(f"more{_number}")
        DepartmentFeedback.objects.create(round=made, department=cast.urban, rater=extra)
    rows = list(made.feedback.filter(department=cast.urban))
    for row in rows[:4]:
        rate(row, 3)
    assert {one.department: one.solves for one in feedback.results(made)}[cast.urban] is None
    rate(rows[4], 5)
    shown = {one.department: one for one in feedback.results(made)}[cast.urban]
    assert (shown.answered, shown.invited, shown.solves) == (5, 6, 3.4)


def test_a_department_that_came_speaks_of_the_whistle_once(cast, dispatched):
    made = feedback.rate_whistle(
        task=dispatched, justified=True, clear=4, by=cast.urban_officer, now=make.NOW
    )
    assert made.department == cast.urban
    with pytest.raises(WrongState):
        feedback.rate_whistle(
            task=dispatched, justified=False, clear=1, by=cast.urban_officer, now=make.NOW
        )
    with pytest.raises(NotAllowed):
        feedback.rate_whistle(
            task=dispatched, justified=False, clear=1, by=cast.housing_officer, now=make.NOW
        )


# --- Pages and API -----------------------------------------------------------------------------


def test_a_street_invites_and_an_owner_answers(page, api, cast, dispatched, time_machine_at):
    client = page(cast.street_cadre)
    address = f"/feedback/streets/{cast.street.code}/"
    body = {"first": "2026-02-01", "last": "2026-03-10", "closes_on": "2026-03-30"}
    assert client.post(address, body).status_code == 302
    made = FeedbackRound.objects.get()
    assert client.get(f"/feedback/rounds/{made.pk}/").status_code == 200
    row = made.feedback.get(rater=cast.owner, department=cast.urban)
    owner = page(cast.owner)
    assert f"/feedback/{row.pk}/" in owner.get("/feedback/").content.decode()
    stars = {"responds": 5, "solves": 4, "manner": 5}
    assert owner.post(f"/feedback/{row.pk}/", stars).status_code == 302
    for again in (owner.get(f"/feedback/{row.pk}/"), owner.post(f"/feedback/{row.pk}/", stars)):
        assert (again.status_code, again["Location"]) == (302, "/feedback/")
    assert "您已经评价过了" in owner.get("/feedback/").content.decode()
    other = made.feedback.get(rater=cast.owner, department=cast.housing)
    rows = api(cast.owner).get("/api/v1/feedback/").json()["results"]
    assert [one["id"] for one in rows] == [other.pk]
    answer = api(cast.owner).post(f"/api/v1/feedback/{other.pk}/answer/", stars, format="json")
    assert answer.status_code == 200
    assert (
        api(cast.neighbour)
        .post(f"/api/v1/feedback/{other.pk}/answer/", stars, format="json")
        .status_code
        == 404
    )
    again = api(cast.owner).post(f"/api/v1/feedback/{other.pk}/answer/", stars, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "answered_already")


@pytest.fixture
def time_machine_at(time_machine):
    time_machine.move_to(LATER, tick=False)


@pytest.mark.parametrize("who", ["sibling_cadre", "owner", "urban_officer"])
def test_a_rounds_page_is_the_streets(page, cast, dispatched, who):
    made = start(cast)
    assert page(getattr(cast, who)).get(f"/feedback/rounds/{made.pk}/").status_code == 404


def test_a_whistle_is_rated_from_the_tasks_page(page, cast, dispatched):
    client = page(cast.urban_officer)
    address = f"/tasks/{dispatched.number}/whistle-feedback/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"justified": "1", "clear": "4"}).status_code == 302
    assert WhistleFeedback.objects.get().justified is True
    for again in (client.get(address), client.post(address, {"justified": "0", "clear": "1"})):
        assert (again.status_code, again["Location"]) == (302, f"/tasks/{dispatched.number}/")
    assert page(cast.housing_officer).get(address).status_code == 403
    assert page(cast.fire_officer).get(address).status_code == 404


# --- Refusals ----------------------------------------------------------------------------------


def test_a_refusal_shows_on_the_districts_page(page, cast, time_machine_at):
    task = make.task(cast, Status.DISPATCHED)
    make.act(task, Action.REFUSE, cast.urban_officer, reason="不属本局职责")
    for who in (cast.district_cadre, cast.street_cadre):
        answer = page(who).get("/refusals/", {"first": "2026-03-01", "last": "2026-03-31"})
        assert [(one.department, one.refused) for one in answer.context["counts"]] == [
            (cast.urban, 1)
        ]
        assert "不属本局职责" in answer.content.decode()
        # One word for it everywhere.
        assert ("拒单" in answer.text, "拒接" in answer.text) == (True, False)
    answer = page(cast.sibling_cadre).get(
        "/refusals/", {"first": "2026-03-01", "last": "2026-03-31"}
    )
    assert answer.context["counts"] == []
    for who in (cast.urban_officer, cast.owner, cast.community_worker):
        assert page(who).get("/refusals/").status_code == 404


def test_a_figure_opens_its_list_and_what_waits_is_first(page, cast, time_machine_at):
    task = make.task(cast, Status.DISPATCHED)
    make.act(task, Action.REFUSE, cast.urban_officer, reason="不属本局职责")
    make.act(task, Action.DISPATCH, cast.street_cadre, lead=cast.urban, assist=[])
    make.act(task, Action.REFUSE, cast.urban_officer, reason="仍不属本局")
    answer = page(cast.district_cadre).get("/refusals/", {"department": "urban-management"})
    assert len(answer.context["page"].rows) == 2
    assert [one.reason for one in answer.context["undecided"]] == ["仍不属本局"]
    counts = answer.context["counts"][0]
    assert (counts.refused, counts.pending) == (2, 1)
    answer = page(cast.district_cadre).get("/refusals/", {"department": "housing"})
    assert answer.context["page"].rows == []


def test_as_many_refusals_can_be_read_as_were_counted(page, cast, time_machine_at, monkeypatch):
    monkeypatch.setattr(views, "SHOWN_REFUSALS", 1)
    for reason in ("第一件", "第二件"):
        task = make.task(cast, Status.DISPATCHED)
        make.act(task, Action.REFUSE, cast.urban_officer, reason=reason)
    client = page(cast.district_cadre)
    first = client.get("/refusals/", {"department": "urban-management"})
    second = client.get(f"/refusals/{first.context['page'].next}")
    read = [[one.text for one in answer.context["page"].rows] for answer in (first, second)]
    assert (first.context["counts"][0].refused, read) == (2, [["第二件"], ["第一件"]])
