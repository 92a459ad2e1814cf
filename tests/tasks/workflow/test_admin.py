"""Tasks and their catalogue in the admin: positions decide, use-cases move, nothing is rewritten."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.errors import Refused
from orgs.models import AuditEntry
from tasks.catalogue import catalogue
from tasks.enums import Action, Status, WhistleKind
from tasks.models import (
    Category,
    DayToCount,
    DepartmentFeedback,
    Duty,
    Event,
    Follow,
    ReportTicket,
    Synonym,
    Task,
    VisitGuest,
    WhistleRule,
)
from tasks.rates import rates
from tasks.workflow.admin.tasks import StreetFilter
from tests import factories as make

TASKS = "/admin/tasks/task/"
RULES = "/admin/tasks/whistlerule/"
PARTS = ("event", "assignment", "decisionrequest", "rating", "transfer", "taskattachment")


def numbers(response) -> list[str]:
    return [task.number for task in response.context["cl"].result_list]


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# --- Lists ---------------------------------------------------------------------------------------


def test_who_sees_which_tasks(desk, cast):
    here = make.task(cast)
    there = make.task(cast, by=cast.other_worker, unit=cast.other_community)
    assert numbers(desk("admin").get(TASKS)) == [there.number, here.number]
    assert numbers(desk("street_cadre").get(TASKS)) == [here.number]
    assert numbers(desk("sibling_cadre").get(TASKS)) == [there.number]
    assert numbers(desk("urban_officer").get(TASKS)) == []


def test_out_of_sight_is_not_there(desk, cast):
    task = make.task(cast)
    response = desk("sibling_cadre").get(f"{TASKS}{task.pk}/change/")
    assert response.status_code == 302
    assert response["Location"] == "/admin/"


@pytest.mark.parametrize("said_as", ["13800005678", "138 0000 5678", "+86 13800005678"])
def test_search_finds_a_whole_telephone_number(desk, cast, said_as):
    known = make.task(cast)
    make.task(cast, by=cast.neighbour)
    assert numbers(desk("street_cadre").get(TASKS, {"q": said_as})) == [known.number]
    # Who may not know the contact learns nothing by asking for it: an administrator neither.
    assert numbers(desk("admin").get(TASKS, {"q": said_as})) == []
    assert numbers(desk("district_cadre").get(TASKS, {"q": said_as})) == []


def test_search_finds_number_and_title(desk, cast):
    task = make.task(cast, title="楼下飞线充电")
    make.task(cast, text="楼道的灯不亮")
    client = desk("admin")
    assert numbers(client.get(TASKS, {"q": task.number})) == [task.number]
    assert numbers(client.get(TASKS, {"q": "飞线充电"})) == [task.number]
    assert numbers(client.get(TASKS, {"q": "5678"})) == []


def test_filters_by_state_channel_kind_and_street(desk, cast):
    task = make.task(cast, Status.HANDLING)
    other = make.task(cast, by=cast.other_worker, unit=cast.other_community)
    client = desk("admin")
    for query in (
        {"status__exact": "handling"},
        {"channel__exact": "resident"},
        {"category": task.category.code},
        {"street": cast.street.code},
    ):
        assert numbers(client.get(TASKS, query)) == [task.number], query
    assert numbers(client.get(TASKS, {"street": cast.other_street.code})) == [other.number]


def test_a_street_is_offered_its_own_street_only(desk, cast):
    response = desk("street_cadre").get(TASKS)
    specs = response.context["cl"].filter_specs
    [street] = [spec for spec in specs if isinstance(spec, StreetFilter)]
    assert street.lookup_choices == [(cast.street.code, cast.street.name)]


@pytest.mark.parametrize("who", ["admin", "street_cadre"])
def test_the_list_takes_as_many_queries_for_one_as_for_thirty(
    desk, cast, who, django_assert_num_queries
):
    kind = make.category()
    client = desk(who)
    make.task(cast, Status.DISPATCHED, category=kind)
    client.get(TASKS)
    with CaptureQueriesContext(connection) as one:
        client.get(TASKS)
    for _number in range(29):
        make.task(cast, Status.DISPATCHED, category=kind)
    with django_assert_num_queries(len(one)):
        client.get(TASKS)


# --- One task ------------------------------------------------------------------------------------


def test_contact_is_masked_and_the_story_is_told(desk, cast):
    task = make.task(cast, Status.CLOSED)
    text = desk("street_cadre").get(f"{TASKS}{task.pk}/change/").content.decode()
    assert "13800005678" not in text
    assert "138****5678" in text
    assert "线已拆除" in text


def test_a_hidden_name_is_not_shown(desk, cast):
    task = make.task(cast, hide_name=True)
    response = desk("admin").get(f"{TASKS}{task.pk}/change/")
    shown = response.context["adminform"].model_admin.contact(task)
    assert shown == "138****5678"


def test_internal_remarks_are_for_the_authorities(desk, cast):
    task = make.task(cast)
    make.act(task, Action.COMMENT, cast.community_worker, text="独居老人", internal=True)
    address = f"{TASKS}{task.pk}/change/"
    assert "独居老人" in desk("street_cadre").get(address).content.decode()
    assert "独居老人" not in desk("owner").get(address).content.decode()


@pytest.mark.parametrize("who", ["admin", "street_cadre"])
def test_nothing_of_a_task_is_changed_by_hand(desk, cast, who):
    task = make.task(cast)
    client = desk(who)
    assert client.post(f"{TASKS}{task.pk}/change/", {"title": "x"}).status_code == 403
    assert client.get(f"{TASKS}add/").status_code == 403
    assert client.post(f"{TASKS}{task.pk}/delete/", {"post": "yes"}).status_code == 403


# --- Steps for many ------------------------------------------------------------------------------


def test_accept_moves_through_the_use_case_and_says_so_for_each(desk, cast):
    waiting, done = make.task(cast), make.task(cast, Status.CLOSED)
    data = {"action": "accept", "_selected_action": [waiting.pk, done.pk]}
    response = desk("community_worker").post(TASKS, data, follow=True)
    waiting.refresh_from_db()
    assert waiting.status == Status.HANDLING
    assert waiting.events.get(action=Action.ACCEPT).by == cast.community_worker
    assert AuditEntry.objects.filter(action="tasks.accept").count() == 1
    first, second = said(response)
    assert waiting.number in first
    assert second.startswith(f"{done.number}: ")


def test_who_may_not_is_told_so(desk, cast):
    task = make.task(cast)
    data = {"action": "accept", "_selected_action": [task.pk]}
    response = desk("street_cadre").post(TASKS, data, follow=True)
    task.refresh_from_db()
    assert task.status == Status.SUBMITTED
    assert len(said(response)) == 1


def test_confirm_for_many(desk, cast):
    rows = [make.task(cast, Status.RESOLVED) for _number in range(2)]
    data = {"action": "confirm", "_selected_action": [row.pk for row in rows]}
    desk("street_cadre").post(TASKS, data)
    assert set(Task.objects.values_list("status", flat=True)) == {Status.RATING}


# --- Parts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", PARTS)
def test_lists_of_parts_are_for_superusers_and_to_read(desk, cast, part):
    make.task(cast, Status.CLOSED)
    address = f"/admin/tasks/{part}/"
    client = desk("admin")
    assert client.get(address).status_code == 200
    assert client.get(f"{address}add/").status_code == 403
    assert desk("district_cadre").get(address).status_code == 403


@pytest.mark.parametrize("part", ["event", "assignment", "rating"])
def test_one_part_can_be_opened(desk, cast, part):
    make.task(cast, Status.CLOSED)
    model = next(one for one in admin.site._registry if one._meta.model_name == part)
    row = model.objects.order_by("pk")[0]
    assert desk("admin").get(f"/admin/tasks/{part}/{row.pk}/change/").status_code == 200


def test_names_of_private_people_are_masked_in_the_timeline_list(desk, cast):
    make.task(cast)
    text = desk("admin").get("/admin/tasks/event/").content.decode()
    assert "沈业主" not in text
    assert "沈**" in text


def test_every_model_of_the_tasks_is_in_the_admin():
    # Who said what of a department is nobody's to look up: only sums are shown. A day to count lives
    # for minutes. Who was invited stands in the visit, a word of residents with its kind; who follows a
    # report is nobody's to look up.
    elsewhere = {DepartmentFeedback, DayToCount, Follow, ReportTicket, Synonym, VisitGuest}
    wanted = set(apps.get_app_config("tasks").get_models()) - elsewhere
    assert wanted - set(admin.site._registry) == set()


# --- The catalogue -------------------------------------------------------------------------------


def test_a_superuser_orders_the_kinds(desk):
    kind = make.category(position=3)
    data = {
        "form-TOTAL_FORMS": 1,
        "form-INITIAL_FORMS": 1,
        "form-0-id": kind.pk,
        "form-0-position": 8,
        "form-0-is_selectable": "",
        "_save": "1",
    }
    desk("admin").post("/admin/tasks/category/", data)
    kind.refresh_from_db()
    assert (kind.position, kind.is_selectable) == (8, False)
    assert AuditEntry.objects.filter(action="tasks.change_category").count() == 1


def test_kinds_are_never_deleted_and_only_superusers_change_them(desk):
    kind = make.category()
    address = f"/admin/tasks/category/{kind.pk}/"
    assert desk("admin").post(f"{address}delete/", {"post": "yes"}).status_code == 403
    assert desk("district_cadre").get(f"{address}change/").status_code == 200
    assert desk("district_cadre").post(f"{address}change/", {"name": "x"}).status_code == 403
    assert Category.objects.get(pk=kind.pk).name == kind.name


def test_a_district_keeps_the_duties_of_its_own_departments(desk, cast):
    kind, foreign = make.category(), make.department(make.district())
    client = desk("district_cadre")
    line = {"category": kind.pk, "role": "lead", "basis": "城市管理条例"}
    address = "/admin/tasks/duty/add/"
    assert client.post(address, line | {"department": cast.urban.pk}).status_code == 302
    assert client.post(address, line | {"department": foreign.pk}).status_code == 200
    assert list(Duty.objects.values_list("department", flat=True)) == [cast.urban.pk]


def test_a_street_only_reads_duties_nowhere(desk, cast):
    make.duty(cast.urban, make.category())
    assert desk("street_cadre").get("/admin/tasks/duty/add/").status_code == 403
    assert numbers_of(desk("street_cadre").get("/admin/tasks/duty/")) == []


def numbers_of(response) -> list[int]:
    return [row.pk for row in response.context["cl"].result_list]


LIMITS = {
    "kind": "public",
    "report_in": 60,
    "report_in_unit": "office_minutes",
    "contact": 600,
    "contact_unit": "minutes",
    "resolve": 3,
    "resolve_unit": "working_days",
    "street_after": 60,
    "district_after": 120,
    "source": "街道会议纪要",
}


def test_a_new_limit_is_a_new_version(desk):
    first = WhistleRule.objects.get(kind=WhistleKind.PUBLIC)
    data = LIMITS | {"report_in": 30}
    assert desk("admin").post(f"{RULES}add/", data).status_code == 302
    latest = WhistleRule.objects.filter(kind="public").order_by("-version")[0]
    assert (latest.version, latest.report_in) == (first.version + 1, 30)
    assert WhistleRule.objects.get(pk=first.pk).report_in == first.report_in


def test_no_limit_and_a_district_told_first_are_refused(desk):
    data = LIMITS | {"report_in": 0}
    assert desk("admin").post(f"{RULES}add/", data).status_code == 200
    data = LIMITS | {"street_after": 300, "district_after": 200}
    assert desk("admin").post(f"{RULES}add/", data).status_code == 200
    assert WhistleRule.objects.filter(kind="public").count() == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("report_in", 2_000_000_000, "1 至 527040 的整数"),
        ("contact", 0, "1 至 527040 的整数"),
        ("resolve", 367, "1 至 366 的整数"),
        ("district_after", 30, "区里在街道之后告知"),
        ("district_after", 99_999_999, "区里在街道之后告知"),
    ],
)
def test_a_limit_that_dispatch_cannot_reckon_with_is_refused_at_its_box(
    desk, field, value, sentence
):
    answer = desk("admin").post(f"{RULES}add/", LIMITS | {field: value})
    assert answer.status_code == 200
    errors = answer.context["adminform"].form.errors
    assert sentence in " ".join(errors[field])
    assert WhistleRule.objects.filter(kind="public").count() == 1


def test_no_version_comes_into_force_that_stops_dispatch(cast):
    rule = WhistleRule.objects.get(kind=WhistleKind.PUBLIC)
    rule.pk, rule.resolve = None, 2_000_000_000
    with pytest.raises(Refused):
        catalogue.new_rule(rule=rule, by=cast.admin, now=make.NOW)


def test_an_old_limit_is_neither_changed_nor_deleted(desk):
    rule = WhistleRule.objects.get(kind=WhistleKind.PUBLIC)
    client = desk("admin")
    assert client.post(f"{RULES}{rule.pk}/change/", {"source": "x"}).status_code == 403
    assert client.post(f"{RULES}{rule.pk}/delete/", {"post": "yes"}).status_code == 403
    assert desk("district_cadre").get(f"{RULES}add/").status_code == 403


def test_the_timeline_page_is_append_only(desk, cast):
    event = make.task(cast).events.get()
    response = desk("admin").post(f"/admin/tasks/event/{event.pk}/change/", {"text": "x"})
    assert response.status_code == 403
    assert Event.objects.get(pk=event.pk).text == event.text


# --- Rules with versions ---


def test_new_weights_are_entered_in_boxes_that_hold_the_present_ones(page, cast):
    client = page(cast.admin)
    shown = client.get("/admin/tasks/raterule/add/").context["adminform"].form
    assert (shown["stars_5"].value(), len(shown["exclusions"].value())) == (100, 6)
    body = {f"stars_{stars}": 10 * stars for stars in range(1, 6)}
    body |= {"exclusions": ["unlawful"], "source": "联席会议"}
    assert client.post("/admin/tasks/raterule/add/", body | {"stars_1": 101}).status_code == 200
    assert client.post("/admin/tasks/raterule/add/", body).status_code == 302
    rule = rates.rule_in_force()
    assert (rule.version, rule.exclusions) == (2, ["unlawful"])
    assert rule.weights == {"1": 10, "2": 20, "3": 30, "4": 40, "5": 50}
    assert "5★ 50%" in client.get("/admin/tasks/raterule/").text
    assert client.get(f"/admin/tasks/raterule/{rule.pk}/change/").status_code == 200


def test_more_stars_never_weigh_less(page, cast):
    body = {f"stars_{stars}": 10 * stars for stars in range(1, 6)} | {"source": "联席会议"}
    answer = page(cast.admin).post("/admin/tasks/raterule/add/", body | {"stars_5": 20})
    assert answer.status_code == 200
    assert "星级高的权重不能低于星级低的" in answer.text
    assert rates.rule_in_force().version == 1


def test_a_new_whistle_rule_starts_from_the_one_in_force(page, cast):
    client = page(cast.admin)
    form = client.get("/admin/tasks/whistlerule/add/?kind=emergency").context["adminform"].form
    assert (form["report_in"].value(), form["report_in_unit"].value()) == (30, "minutes")
    assert (form["street_after"].value(), form["district_after"].value()) == (15, 30)
