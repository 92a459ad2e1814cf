"""The list, the page of a task, and acting on it in a browser."""

from datetime import datetime, timedelta
from io import BytesIO
from urllib.parse import quote

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation
from django.utils.html import escape
from PIL import Image

from orgs.values.text import listed as listed_names
from orgs.workflow.specification import text_for
from tasks.enums import Action, Figure, RateGrouping, Status, WhistleKind
from tasks.models import Task
from tasks.rates import day_counts
from tasks.workflow.contacts import caller
from tasks.workflow.rules.workflow import WORKFLOW
from tasks.workflow.specification import SPECIFICATIONS, those
from tests import factories as make

SEEING = ["street_cadre", "community_worker", "grid_worker", "secretary", "district_cadre", "owner"]


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(make.NOW, tick=False):
        yield


def fresh(task):
    return Task.objects.get(pk=task.pk)


def photo(name="photo.jpg"):
    buffer = BytesIO()
    Image.new("RGB", (40, 30), "green").save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")


def shown_actions(response):
    """The actions that a task's page offers."""
    context = response.context
    if "more" in context:  # the reporter's own page
        urls = [button["url"].rstrip("/").rsplit("/", 1)[1] for button in context["more"]]
        urge = ["urge"] if context["may_urge"] else []
        return {Action(name) for name in [*urls, *context["forms"], *urge]}
    buttons = [*context["others"], *([context["first"]] if context["first"] else [])]
    found = {button["action"].value for button in buttons}
    return found | ({"comment"} if context["remark"] else set())


# --- One task ---


@pytest.mark.same_on_each_engine
@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("who", [*SEEING, "urban_officer", "member", "admin"])
def test_a_page_offers_exactly_the_open_actions(page, cast, status, who):
    task, person = make.task(cast, status), getattr(cast, who)
    response = page(person).get(f"/tasks/{task.number}/")
    if not Task.objects.sees(person, task):
        assert response.status_code == 404
        return
    assert response.status_code == 200
    assert shown_actions(response) == set(WORKFLOW.available_actions(task, person))
    for action in shown_actions(response):
        assert f'/tasks/{task.number}/{action}/"' in response.content.decode()


@pytest.mark.parametrize("who", ["neighbour", "sibling_cadre", "property_clerk", "auditor"])
def test_out_of_sight_is_not_found(page, cast, who):
    task = make.task(cast, Status.WHISTLED)
    browser = page(getattr(cast, who))
    assert browser.get(f"/tasks/{task.number}/").status_code == 404
    assert browser.get(f"/tasks/{task.number}/dispatch/").status_code == 404
    assert browser.post(f"/tasks/{task.number}/dispatch/").status_code == 404
    assert browser.post(f"/tasks/{task.number}/reveal/").status_code == 404


def test_visitors_sign_in_first(page, cast):
    task = make.task(cast)
    for path in ("", "accept/"):
        assert page().get(f"/tasks/{task.number}/{path}").status_code == 302


def test_a_closed_action_gives_its_reason(page, cast):
    task = make.task(cast, Status.WHISTLED, whistle_kind=WhistleKind.PRIORITY)
    response = page(cast.street_cadre).get(f"/tasks/{task.number}/")
    reasons = {one.action: one.refusal for one in response.context["closed"]}
    assert reasons[Action.DISPATCH]
    assert escape(reasons[Action.DISPATCH]) in response.content.decode()


def test_steps_follow_the_way_the_task_took(page, cast):
    states = {}
    for status in (Status.SUBMITTED, Status.DISPATCHED, Status.CLOSED, Status.DECLINED):
        task = make.task(cast, status)
        steps = page(cast.street_cadre).get(f"/tasks/{task.number}/").context["process"]
        states[status] = [step.state for step in steps]
    assert states == {
        Status.SUBMITTED: ["done", "now", "todo", "todo", "todo"],
        Status.DISPATCHED: ["done", "done", "done", "now", "todo", "todo"],
        Status.CLOSED: ["done"] * 6,
        Status.DECLINED: ["done"] * 2,
    }


def test_internal_remarks_stay_inside(page, cast):
    task = make.task(cast, Status.HANDLING)
    make.act(task, Action.COMMENT, cast.community_worker, text="住户情绪激动", internal=True)
    path = f"/tasks/{task.number}/"
    assert "住户情绪激动" in page(cast.street_cadre).get(path).content.decode()
    assert "住户情绪激动" not in page(cast.owner).get(path).content.decode()


def test_the_contact_is_masked_and_a_department_may_see_no_name(page, cast):
    task = make.task(cast, Status.DISPATCHED, contact_name="沈业主", hide_name=True)
    path = f"/tasks/{task.number}/"
    street = page(cast.street_cadre).get(path).content.decode()
    assert "沈**" in street
    assert "138****5678" in street
    assert "13800005678" not in street
    assert "沈" not in page(cast.urban_officer).get(path).content.decode()


def test_likely_duplicates_are_shown_to_whoever_can_merge(page, cast):
    kind = make.category()
    first, second = (make.task(cast, category=kind) for _number in range(2))
    for who, found in (("community_worker", [first]), ("street_cadre", [])):
        response = page(getattr(cast, who)).get(f"/tasks/{second.number}/")
        assert response.context["alike"] == found


def test_the_page_of_a_task_has_a_fixed_number_of_queries(page, cast, django_assert_num_queries):
    task = make.task(cast, Status.REPORTED_IN)
    browser = page(cast.street_cadre)
    browser.get(f"/tasks/{task.number}/")
    with django_assert_num_queries(100, exact=False) as few:
        browser.get(f"/tasks/{task.number}/")
    for number in range(30):
        make.act(task, Action.COMMENT, cast.street_cadre, text=f"第{number}条")
    with django_assert_num_queries(len(few.captured_queries)):
        browser.get(f"/tasks/{task.number}/")


# --- Acting ---


def body(cast, action, task, into, by):
    """What somebody types for an action."""
    return {
        Action.DECLINE: {"reason_code": "repeated", "reason": "已答复"},
        Action.WHISTLE: {"kind": "public", "reason": "需要执法"},
        Action.DISPATCH: {"lead": "urban-management", "assist": ["housing"]},
        Action.RESOLVE: {"outcome": "solved", "text": "已办", "reason": "协办未完"},
        Action.RATE: {"contacted": "1", "resolved": "0", "stars": "3", "again": "0"},
        Action.MERGE: {"number": into.number, "across": "on"},
        Action.CORRECT: {
            "category": into.category.code,
            "unit": task.unit.code,
            "reason": "看过现场",
        },
        Action.TRANSFER: {"unit": cast.sibling.code},
        Action.REQUEST_EXTENSION: {"until": "2026-03-20T10:00", "reason": "待料"},
        Action.OFFER: {"minutes": "30"},
        Action.ASSIGN: {"person": by.username},
        Action.ARRANGE_VISIT: {
            "starts_at": "2026-03-20T10:00",
            "place": "5栋门口",
            "subject": "飞线充电",
            "departments": ["housing"],
        },
    }.get(action, {"reason": "理由", "text": "内容", "granted": "1"})


@pytest.mark.same_on_each_engine
@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize(
    "who", ["street_cadre", "community_worker", "urban_officer", "member", "owner"]
)
def test_every_open_action_can_be_done_in_a_browser(page, cast, status, who):
    person = getattr(cast, who)
    into = make.task(cast)
    for action in (
        Action(name) for name in WORKFLOW.available_actions(make.task(cast, status), person)
    ):
        task = make.task(cast, status)
        browser = page(person)
        assert browser.get(f"/tasks/{task.number}/{action.value}/").status_code == 200
        response = browser.post(
            f"/tasks/{task.number}/{action.value}/", body(cast, action, task, into, person)
        )
        assert response.status_code == 302, response.content.decode()
        assert fresh(task).events.last().action == action
        follow = browser.get(response["Location"])
        assert [str(one.level_tag) for one in follow.context["messages"]] == ["success"]


@pytest.mark.parametrize("until", ["9999-12-31T23:59", "0001-01-01T00:00"])
def test_a_time_that_nobody_can_count_with_is_refused_in_words(page, cast, until):
    task = make.task(cast, Status.REPORTED_IN)
    body = {"until": until, "reason": "待料"}
    answer = page(cast.urban_officer).post(
        f"/tasks/{task.number}/{Action.REQUEST_EXTENSION.value}/", body
    )
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == ["until"]


def test_who_asks_for_more_time_and_who_decides_see_the_present_limit(page, cast):
    task = make.task(cast, Status.REPORTED_IN)
    address = f"/tasks/{task.number}"
    officer, street = page(cast.urban_officer), page(cast.street_cadre)
    assert "现在的时限：<time" in officer.get(f"{address}/request-extension/").content.decode()
    early = {"until": "2026-03-10T10:00", "reason": "待料"}
    refused = officer.post(f"{address}/request-extension/", early)
    assert refused.context["form"].errors["until"] == ["请选择现有时限之后的时间。"]
    officer.post(f"{address}/request-extension/", early | {"until": "2026-03-20T10:00"})
    assert "现在的时限：<time" in street.get(f"{address}/decide-extension/").content.decode()


@pytest.mark.parametrize(
    ("granted", "said"),
    [("1", "已同意延期，办结时限改为2026年3月20日 10:00。"), ("0", "未同意延期，时限不变。")],
)
def test_whoever_decides_on_more_time_is_told_what_was_decided(page, cast, granted, said):
    task = make.task(cast, Status.REPORTED_IN)
    until = timezone.make_aware(datetime(2026, 3, 20, 10))
    make.act(task, Action.REQUEST_EXTENSION, cast.urban_officer, until=until, reason="待料")
    body = {"granted": granted, "reason": "已核实"}
    address = f"/tasks/{task.number}/decide-extension/"
    shown = page(cast.street_cadre).post(address, body, follow=True)
    assert said in shown.content.decode()


@pytest.mark.parametrize(
    ("granted", "said"),
    [("1", "已准予拒单，任务退回街道另行派单。"), ("0", "不予准许，由该部门办理。")],
)
def test_whoever_decides_on_a_refusal_is_told_what_was_decided(page, cast, granted, said):
    task = make.task(cast, Status.DISPATCHED)
    make.act(task, Action.REFUSE, cast.urban_officer, reason="不属本局职责")
    make.act(task, Action.DISPATCH, cast.street_cadre, lead=cast.urban, assist=[])
    make.act(task, Action.REFUSE, cast.urban_officer, reason="仍不属本局")
    body = {"granted": granted, "reason": "已核实"}
    address = f"/tasks/{task.number}/decide-refusal/"
    shown = page(cast.district_cadre).post(address, body, follow=True)
    assert said in shown.content.decode()


def test_every_action_with_a_body_has_a_form():
    without = {
        Action.ACCEPT,
        Action.TAKE,
        Action.REPORT_IN,
        Action.SIGN,
        Action.RECALL,
        Action.CONFIRM,
    }
    assert set(those(lambda one: bool(one.use_case) and one.is_one_click)) == without


def test_without_the_role_the_answer_is_403(page, cast):
    task = make.task(cast, Status.WHISTLED)
    for method in ("get", "post"):
        response = getattr(page(cast.community_worker), method)(f"/tasks/{task.number}/dispatch/")
        assert response.status_code == 403
    assert fresh(task).status == Status.WHISTLED


def test_in_another_state_one_is_told_what_is_possible(page, cast):
    task = make.task(cast, Status.HANDLING)
    browser = page(cast.community_worker)
    response = browser.post(f"/tasks/{task.number}/accept/", follow=True)
    assert response.redirect_chain == [(f"/tasks/{task.number}/", 302)]
    message = str(next(iter(response.context["messages"])))
    assert str(Status.HANDLING.label) in message
    assert str(Action.WHISTLE.label) in message.lower()


def test_sending_twice_is_told_clearly_and_changes_nothing(page, cast):
    task = make.task(cast)
    browser = page(cast.community_worker)
    for _time in range(2):
        response = browser.post(f"/tasks/{task.number}/accept/")
    assert task.events.filter(action=Action.ACCEPT).count() == 1
    follow = browser.get(response["Location"])
    assert [one.level_tag for one in follow.context["messages"]] == ["success", "warning"]


def test_whoever_comes_second_to_an_offer_is_told_so(page, cast):
    task = make.task(cast, Status.TAKEN)
    response = page(cast.volunteer).post(f"/tasks/{task.number}/take/", follow=True)
    assert response.redirect_chain == [("/", 302)]
    assert [one.level_tag for one in response.context["messages"]] == ["warning"]


def test_a_button_in_a_list_returns_to_it_and_nowhere_else(page, cast):
    for target, expected in (("/inbox/", "/inbox/"), ("https://evil.example/", None)):
        task = make.task(cast, Status.DISPATCHED)
        response = page(cast.urban_officer).post(
            f"/tasks/{task.number}/report-in/", {"next": target}
        )
        assert response["Location"] == (expected or f"/tasks/{task.number}/")


@pytest.mark.parametrize(
    ("action", "data", "field"),
    [
        ("decline", {"reason": "不归我管"}, "reason_code"),
        ("whistle", {"kind": "loud", "reason": "很吵"}, "kind"),
        ("merge", {"number": "HZ000"}, "number"),
        ("transfer", {"unit": "421102001001"}, "unit"),
        ("whistle", {"kind": "public", "reason": "长" * 2001}, "reason"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(
    page, cast, action, data, field
):
    task = make.task(cast)
    response = page(cast.community_worker).post(f"/tasks/{task.number}/{action}/", data)
    assert response.status_code == 400
    assert field in response.context["form"].errors
    for value in data.values():
        assert value in response.content.decode() or field == "unit"
    assert fresh(task).status == Status.SUBMITTED


def test_what_the_rules_refuse_is_said_in_the_form(page, cast):
    kind = make.category()
    task = make.task(cast, category=kind)
    closed = make.task(cast, Status.CLOSED, category=kind)
    browser = page(cast.community_worker)
    response = browser.post(f"/tasks/{task.number}/merge/", {"number": closed.number})
    assert response.status_code == 400
    assert response.context["form"].errors


def test_a_dispatch_starts_from_the_duty_lists(page, cast):
    kind = make.category()
    make.duty(cast.urban, kind)
    make.duty(cast.fire, kind, "assist")
    stranger = make.department(make.district())
    task = make.task(cast, Status.WHISTLED, category=kind)
    lines = page(cast.street_cadre).get(f"/tasks/{task.number}/dispatch/").context["lines"]
    found = {line["department"].code: (line["leads"], line["assists"]) for line in lines}
    assert found == {
        "urban-management": (True, False),
        "fire": (False, True),
        "housing": (False, False),
    }
    assert lines[0]["duty"].category == kind
    assert stranger.code not in found


def test_htmx_gets_only_the_form(page, cast):
    task = make.task(cast)
    text = (
        page(cast.community_worker)
        .get(f"/tasks/{task.number}/whistle/", headers={"HX-Request": "true"})
        .content.decode()
    )
    assert text.lstrip().startswith("<form")


def test_photos_of_the_result_survive_an_error_in_the_form(page, cast):
    task = make.task(cast, Status.HANDLING)
    browser = page(cast.community_worker)
    path = f"/tasks/{task.number}/resolve/"
    response = browser.post(path, {"outcome": "solved", "text": "", "photos": [photo()]})
    assert response.status_code == 400
    kept = [str(one.pk) for one in response.context["kept"]]
    assert len(kept) == 1
    assert kept[0] in response.content.decode()
    browser.post(path, {"outcome": "solved", "text": "已拆", "attachments": kept})
    last = fresh(task).events.last()
    assert [str(one.attachment_id) for one in last.attached.all()] == kept


def test_whoever_finishes_without_a_contact_is_told_what_that_counts_as(page, cast):
    task = make.task(cast, Status.REPORTED_IN)
    browser, path = page(cast.urban_officer), f"/tasks/{task.number}/resolve/"
    assert "还没有联系报告人" in browser.get(path).content.decode()
    make.act(fresh(task), Action.CONTACT, cast.urban_officer, text="已通话")
    assert "还没有联系报告人" not in browser.get(path).content.decode()


def test_a_file_that_is_no_photo_is_refused_and_the_rest_kept(page, cast):
    task = make.task(cast, Status.HANDLING)
    bad = SimpleUploadedFile("photo.jpg", b"MZ" + b"0" * 200, "image/jpeg")
    response = page(cast.community_worker).post(
        f"/tasks/{task.number}/resolve/",
        {"outcome": "solved", "text": "已拆除", "photos": [bad, photo()]},
    )
    assert response.status_code == 400
    assert "photos" in response.context["form"].errors
    assert len(response.context["kept"]) == 1
    assert "已拆除" in response.content.decode()


# --- The list ---


def listed(browser, **query):
    return {row.task.number for row in browser.get("/tasks/", query).context["rows"]}


def test_the_list_keeps_to_what_is_in_sight(page, cast):
    task = make.task(cast, Status.DISPATCHED)
    for who in ("street_cadre", "community_worker", "urban_officer", "owner", "admin"):
        assert listed(page(getattr(cast, who))) == {task.number}
    for who in ("sibling_cadre", "fire_officer", "neighbour", "member", "auditor"):
        assert listed(page(getattr(cast, who))) == set()


@pytest.mark.parametrize("said_as", ["13800005678", "138 0000 5678", "+86 138-0000-5678"])
def test_a_telephone_is_looked_for_and_stands_in_no_address(page, api, cast, said_as):
    known = make.task(cast)
    make.task(cast, by=cast.neighbour)
    browser = page(cast.street_cadre)
    address = browser.post("/tasks/find/", {"q": said_as, "tab": "open", "light": ""})["Location"]
    assert address == f"/tasks/?caller={caller('13800005678')}&tab=open"
    assert browser.get("/tasks/", {"q": said_as, "tab": "open"})["Location"] == address
    shown = browser.get(address)
    assert [row.task.number for row in shown.context["rows"]] == [known.number]
    assert 'href="?tab=open"' in shown.content.decode()
    # Who may not know the contact learns nothing by asking for it: an administrator neither.
    assert page(cast.admin).get(address).context["rows"] == []
    index = api(cast.street_cadre).post("/api/v1/tasks/caller/", {"phone": said_as}, "json").json()
    found = api(cast.street_cadre).get("/api/v1/tasks/", index).json()["results"]
    assert [row["number"] for row in found] == [known.number]


def test_words_are_looked_for_from_every_page(page, api, cast):
    browser = page(cast.street_cadre)
    assert 'action="/tasks/find/" method="post"' in browser.get("/", follow=True).content.decode()
    assert browser.post("/tasks/find/", {"q": "飞线"})["Location"] == f"/tasks/?q={quote('飞线')}"
    assert browser.post("/tasks/find/", {"q": ""})["Location"] == "/tasks/?tab="
    refused = api(cast.street_cadre).post("/api/v1/tasks/caller/", {"phone": "12345"}, "json")
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_phone")


def test_filters_narrow_the_list(page, cast):
    kind = make.category()
    here = make.task(cast, Status.DISPATCHED, category=kind, title="飞线充电")
    called = make.task(
        cast,
        by=cast.community_worker,
        unit=cast.other_compound,
        contact_phone="13900001111",
        text="路灯不亮",
        now=make.NOW - timedelta(days=3),
    )
    browser = page(cast.street_cadre)
    one, other = {here.number}, {called.number}
    assert listed(browser) == one | other
    for query, found in (
        ({"q": "飞线"}, one),
        ({"q": here.number[-6:]}, one),
        ({"q": "5栋"}, one),
        ({"caller": caller("139-0000-1111")}, other),
        ({"q": "1390000"}, set()),
        ({"status": "submitted"}, other),
        ({"category": kind.code}, one),
        ({"channel": "phone"}, other),
        ({"unit": cast.compound.code}, one),
        ({"unit": cast.community.code}, one | other),
        ({"unit": "nowhere"}, set()),
        ({"department": "urban-management"}, one),
        ({"light": "green"}, one),
        # Nobody has accepted it for three days.
        ({"light": "red"}, other),
        ({"tab": "late"}, other),
        ({"since": "2026-03-10"}, one),
        ({"until": "2026-03-07"}, other),
        ({"since": "not a day"}, set()),
        ({"tab": "mine"}, set()),
        ({"tab": "departments"}, one),
        ({"tab": "open"}, one | other),
        ({"tab": "done"}, set()),
        ({"tab": "nonsense"}, set()),
    ):
        assert listed(browser, **query) == found, query


@pytest.mark.parametrize(
    ("who", "finds"),
    [
        ("street_cadre", True),
        ("community_worker", True),
        ("grid_worker", True),
        ("owner", True),
        ("urban_officer", False),
        ("secretary", False),
        ("district_cadre", False),
        ("admin", False),
    ],
)
def test_a_telephone_is_searched_only_by_those_who_may_know_it(page, cast, who, finds):
    task = make.task(cast, Status.DISPATCHED)
    person = getattr(cast, who)
    assert listed(page(person)) == {task.number}
    assert listed(page(person), caller=caller(cast.owner.phone)) == (
        {task.number} if finds else set()
    )


def test_a_member_cannot_find_a_telephone(page, cast):
    task = make.task(cast, Status.OFFERED)
    assert listed(page(cast.member)) == {task.number}
    assert listed(page(cast.member), caller=caller(cast.owner.phone)) == set()


@pytest.mark.parametrize(
    ("who", "status", "action"),
    [
        ("community_worker", Status.SUBMITTED, Action.DECLINE),
        ("community_worker", Status.SUBMITTED, Action.MERGE),
        ("community_worker", Status.SUBMITTED, Action.TRANSFER),
        ("owner", Status.SUBMITTED, Action.WITHDRAW),
        ("urban_officer", Status.DISPATCHED, Action.REFUSE),
        ("street_cadre", Status.DISPATCHED, Action.RECALL),
    ],
)
def test_what_cannot_be_undone_is_asked_without_scripts_too(page, cast, who, status, action):
    task = make.task(cast, status)
    text = page(getattr(cast, who)).get(f"/tasks/{task.number}/{action.value}/").content.decode()
    assert f"<span>{escape(text_for(SPECIFICATIONS[action].question, task))}</span></p>" in text


def test_what_no_address_can_hold_is_refused_in_words(page, cast):
    client = page(cast.street_cadre)
    refused = client.post("/tasks/find/", {"q": "大" * 3000})
    assert (refused.status_code, "最多输入 100 个字" in refused.text) == (400, True)
    led_to = client.post("/tasks/find/", {"q": "大" * 100})
    assert len(led_to.headers["Location"]) < 1000
    assert client.get("/tasks/?tab=").text.count('maxlength="100"') >= 2  # the list's and the bar's
    assert 'class="errorlist"' in client.get("/tasks/", {"q": "大" * 101}).text


@pytest.mark.parametrize(("who", "told"), [("urban_officer", False), ("street_cadre", True)])
def test_a_department_reads_no_figure_of_what_was_reported(page, cast, who, told):
    """Nobody reports for a department."""
    make.task(cast, Status.DISPATCHED)
    with time_machine.travel(make.NOW, tick=False):
        day_counts.count_touched(make.NOW)
        for by in RateGrouping:
            context = page(getattr(cast, who)).get(f"/rates/?by={by}").context
            labels = [label for label, _count, _url in context["whole"]]
            assert (Figure.REPORTED.label in labels) is told
            in_table = Figure.REPORTED.label in context["columns"]
            assert in_table is (told and by != RateGrouping.DEPARTMENT)


def test_names_are_listed_as_the_language_separates_them():
    with translation.override("zh-hans"):
        assert listed_names(["城管局", "住建局"]) == "城管局、住建局"
    with translation.override("en"):
        assert listed_names(["one", "two"]) == "one, two"


def test_the_list_pages_by_key_and_keeps_the_filters(page, cast):
    kind = make.category()
    made = [make.task(cast, category=kind).number for _number in range(31)]
    browser = page(cast.street_cadre)
    response = browser.get("/tasks/", {"tab": "open"})
    assert len(response.context["rows"]) == 30
    response = browser.get(f"/tasks/{response.context['page'].next}")
    assert [row.task.number for row in response.context["rows"]] == made[:1]
    assert "tab=open" in response.context["page"].previous


def test_htmx_gets_only_the_list(page, cast):
    text = page(cast.street_cadre).get("/tasks/", headers={"HX-Request": "true"}).content.decode()
    assert text.lstrip().startswith('<div id="found"')


# --- Names on the timeline ---


def test_a_hidden_reporter_stays_hidden_when_commenting(page, cast):
    task = make.task(cast, Status.DISPATCHED, hide_name=True)
    make.act(task, Action.COMMENT, cast.owner, text="请尽快")
    text = page(cast.urban_officer).get(f"/tasks/{task.number}/").content.decode()
    assert "请尽快" in text
    assert "沈" not in text


def test_a_remark_names_the_office_of_its_author(page, cast):
    task = make.task(cast, Status.DISPATCHED)
    make.act(task, Action.COMMENT, cast.urban_officer, text="今天下午到")
    entries = page(cast.street_cadre).get(f"/tasks/{task.number}/").context["entries"]
    assert entries[-1]["author"] == "城管局 钱队长"


def test_a_merged_reports_reporter_follows_the_other_one_however_often_merged(cast, page):
    own = make.task(cast)
    middle = make.task(cast, by=cast.neighbour)
    last = make.task(cast, by=cast.outsider, hide_name=True)
    make.act(own, Action.MERGE, cast.community_worker, into=middle)
    make.act(middle, Action.MERGE, cast.community_worker, into=last)
    make.act(last, Action.ACCEPT, cast.community_worker)
    answer = page(cast.owner).get(f"/tasks/{own.number}/")
    assert answer.context["other"] == last
    assert [entry["what"] for entry in answer.context["other_entries"]][-1] == Action.ACCEPT.label
    assert f"/tasks/{last.number}/" not in answer.content.decode()
    assert "尤路人" not in answer.content.decode()
    assert page(cast.community_worker).get(f"/tasks/{own.number}/").context["sees_other"] is True
