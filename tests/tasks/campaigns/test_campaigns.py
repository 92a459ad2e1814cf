"""Campaign lists: opening, measures on them, who sees what, their pages, the API, the reminders."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from orgs.attachments import attachments
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Notice
from tasks.campaigns import measures, notifications, queries
from tasks.campaigns.campaigns import add_measure, change_measure, create_campaign, first_warning
from tasks.campaigns.filters import MeasureFilter
from tasks.enums import Light, MeasureState
from tasks.models import Campaign, Measure
from tests import factories as make
from tests.files import photo, upload

S = MeasureState
TODAY = make.NOW.date()


# --- Opening, adding, changing -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "owner", "may"),
    [
        ("district_cadre", "district", True),
        ("street_cadre", "street", True),
        ("street_leader", "street", True),
        ("district_cadre", "street", False),
        ("street_cadre", "district", False),
        ("sibling_cadre", "street", False),
        ("street_cadre", "community", False),
        ("community_worker", "community", False),
        ("urban_officer", "district", False),
        ("admin", "district", False),
    ],
)
def test_who_opens_a_list(cast, who, owner, may):
    def open_one():
        return create_campaign(
            owner=getattr(cast, owner),
            name="百日攻坚",
            starts=TODAY,
            ends=TODAY,
            by=getattr(cast, who),
            now=make.NOW,
        )

    if may:
        assert open_one().owner == getattr(cast, owner)
    else:
        with pytest.raises(NotAllowed):
            open_one()


def test_days_in_the_wrong_order(cast):
    with pytest.raises(Refused) as refusal:
        make.campaign(cast, starts=TODAY, ends=TODAY - timedelta(days=1))
    assert list(refusal.value.fields) == ["ends"]


@pytest.mark.parametrize("owners", [{}, {"district": "district", "street": "street"}])
def test_a_list_has_one_owner(cast, owners):
    whose = {name: getattr(cast, value) for name, value in owners.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.create(
            name="x", starts=TODAY, ends=TODAY, created_at=make.NOW, created_by=cast.admin, **whose
        )


def test_numbers_go_on(cast):
    where = make.campaign(cast)
    assert [make.measure(cast, where=where).number for _ in range(2)] == [1, 2]
    assert make.measure(cast, where=where, number=7).number == 7
    assert make.measure(cast, where=where).number == 8
    with pytest.raises(Refused) as refusal:
        make.measure(cast, where=where, number=7)
    assert refusal.value.code == "number_taken"


def test_what_a_measure_may_name(cast):
    elsewhere = make.department(make.district())
    office = make.department(cast.district, street=cast.other_street)
    where = make.campaign(cast)
    for values in (
        {"lead": elsewhere},
        {"assist": [office]},
        {"due_on": date(2027, 1, 1)},
        {"due_on": date(2025, 12, 31)},
    ):
        with pytest.raises(Refused):
            make.measure(cast, where=where, **values)
    assert where.measures.count() == 0
    own = make.department(cast.district, street=cast.street)
    made = make.measure(cast, where=where, lead=own, assist=[own, cast.fire])
    assert list(made.assist.all()) == [cast.fire]
    of_district = make.campaign(cast, cast.district)
    assert make.measure(cast, where=of_district, lead=office).lead == office


def test_changing(cast):
    made = make.measure(cast)
    values = {
        "aspect": "公共安全",
        "problem": "飞线",
        "text": "建充电桩",
        "lead": cast.fire,
        "assist": [cast.urban],
        "due_on": date(2026, 6, 30),
        "reason": "职责调整",
        "now": make.NOW,
    }
    with pytest.raises(NotAllowed):
        change_measure(measure=made, by=cast.urban_officer, **values)
    changed = change_measure(measure=made, by=cast.street_leader, **values)
    assert (changed.lead, changed.due_on, list(changed.assist.all())) == (
        cast.fire, date(2026, 6, 30), [cast.urban]
    )  # fmt: skip
    assert changed.entries.last().text == "职责调整"
    done = make.measure(cast, S.SUBMITTED)
    with pytest.raises(WrongState):
        change_measure(measure=done, by=cast.street_cadre, **values)


def test_others_put_nothing_on_a_list(cast):
    where = make.campaign(cast)
    for name in ("district_cadre", "sibling_cadre", "urban_officer", "admin"):
        with pytest.raises(NotAllowed):
            add_measure(
                campaign=where, aspect="a", problem="b", text="c", lead=cast.urban,
                due_on=TODAY, by=getattr(cast, name), now=make.NOW,
            )  # fmt: skip


@given(days=st.integers(0, 2000))
def test_the_warning_comes_with_the_last_quarter(days):
    """On the day of the warning less than a quarter is left, on the day before it is not."""
    starts = date(2026, 1, 1)
    due = starts + timedelta(days=days)
    warn = first_warning(starts, due)
    assert starts <= warn <= due
    if days:
        assert (due - warn).days * 4 < days
        assert (due - warn + timedelta(days=1)).days * 4 >= days


# --- Who sees what -------------------------------------------------------------------------------


def test_who_sees_which_lists(cast):
    street = make.measure(cast).campaign
    district = make.measure(
        cast, where=make.campaign(cast, cast.district), lead=cast.fire, assist=[]
    ).campaign
    seen = {
        "admin": {street, district},
        "district_cadre": {street, district},
        "street_cadre": {street, district},
        "street_leader": {street, district},
        "urban_officer": {street},
        "housing_officer": {street},
        "fire_officer": {district},
        "sibling_cadre": {district},
        "community_worker": set(),
        "grid_worker": set(),
        "secretary": set(),
        "member": set(),
        "owner": set(),
        "property_clerk": set(),
        "committee_member": set(),
        "auditor": set(),
        "outsider": set(),
    }
    for name, expected in seen.items():
        person = getattr(cast, name)
        assert set(Campaign.objects.visible_to(person)) == expected, name
        found = {row.campaign for row in Measure.objects.visible_to(person)}
        assert found == expected, name
        for row in (street, district):
            assert Campaign.objects.sees(person, row) == (row in expected)


def test_evidence_is_seen_with_its_measure(cast, page):
    proof = attachments.store(upload=upload(photo()), by=cast.urban_officer, now=make.NOW)
    made = make.measure(cast)
    measures.report(
        measure=made, text="已建", attachments=[proof], by=cast.urban_officer, now=make.NOW
    )
    address = reverse("orgs:attachment", args=[proof.pk])
    assert page(cast.street_cadre).get(address).status_code == 200
    assert page(cast.sibling_cadre).get(address).status_code == 404


# --- Numbers -------------------------------------------------------------------------------------


def test_the_wall(cast):
    where = make.campaign(cast)
    make.measure(cast, S.CLOSED, where)
    make.measure(cast, S.SUBMITTED, where, problem="消防通道堵塞")
    make.measure(cast, where=where, due_on=date(2026, 3, 1), lead=cast.fire, aspect="环境")
    wall = queries.wall(where, TODAY)
    whole = wall.whole
    assert (whole.total, whole.closed, whole.submitted, whole.open) == (3, 1, 1, 1)
    assert (whole.overdue, whole.due_soon, whole.share) == (1, 0, 333)
    assert {name: one.total for name, one in wall.aspects.items()} == {"公共安全": 2, "环境": 1}
    assert {code: one.overdue for code, one in wall.leads.items()} == {
        "urban-management": 0,
        "fire": 1,
    }
    assert len(wall.problems) == 3
    assert queries.progress_of([where], TODAY)[where.pk].closed == 1


# --- Reminders -----------------------------------------------------------------------------------


def test_each_step_is_told_once(cast):
    made = make.measure(cast)
    make.measure(cast, S.SUBMITTED)
    assert notifications.remind(make.NOW - timedelta(days=30)) == 0
    assert notifications.remind(make.NOW) == 1
    assert notifications.remind(make.NOW + timedelta(days=1)) == 0
    late = make.NOW + timedelta(days=30)
    assert notifications.remind(late) == 1
    assert notifications.remind(late + timedelta(days=1)) == 0
    told = Notice.objects.order_by("pk")
    assert [(one.recipient, one.data["step"]) for one in told] == [
        (cast.urban_officer, "soon"),
        (cast.urban_officer, "overdue"),
    ]
    assert {one.link for one in told} == {f"/campaigns/measures/{made.pk}/"}


def test_a_moved_limit_is_told_anew(cast):
    made = make.measure(cast)
    assert notifications.remind(make.NOW) == 1
    Measure.objects.filter(pk=made.pk).update(due_on=date(2026, 4, 1))
    assert notifications.remind(make.NOW) == 1


@pytest.mark.parametrize("rows", [1, 30])
def test_statements_of_a_reminder(cast, rows):
    where = make.campaign(cast)
    for _ in range(rows):
        make.measure(cast, where=where)
    with CaptureQueriesContext(connection) as captured:
        notifications.remind(make.NOW)
    assert len([one for one in captured if "SAVEPOINT" not in one["sql"]]) == 4


def test_the_notice_is_read_in_words(cast, page):
    make.measure(cast)
    notifications.remind(make.NOW)
    text = page(cast.urban_officer).get("/notices/").content.decode()
    assert "第 1 条措施快到期" in text


def test_who_is_told_of_decisions(cast):
    made = make.measure(cast, S.SUBMITTED)
    assert notifications.notify_of_entries(make.NOW) == 2
    assert set(Notice.objects.values_list("recipient", flat=True)) == {
        cast.street_cadre.pk,
        cast.street_leader.pk,
    }
    measures.send_back(measure=made, reason="重做", by=cast.street_cadre, now=make.NOW)
    assert notifications.notify_of_entries(make.NOW) == 1
    assert Notice.objects.get(recipient=cast.urban_officer).data["step"] == "send-back"
    assert notifications.notify_of_entries(make.NOW) == 0


def test_the_district_is_told_of_its_own_list(cast):
    make.measure(cast, S.CLOSED, make.campaign(cast, cast.district))
    assert notifications.notify_of_entries(make.NOW) == 2
    told = Notice.objects.values_list("recipient__username", "data__step").order_by("pk")
    assert list(told) == [("district", "submit"), ("dept_urban", "close")]


def test_old_news_is_none(cast):
    make.measure(cast, S.CLOSED)
    assert notifications.notify_of_entries(make.NOW + timedelta(days=3)) == 0


# --- Pages ---------------------------------------------------------------------------------------


@pytest.fixture
def today():
    with time_machine.travel(make.NOW, tick=False):
        yield


def test_pages_of_a_list(cast, page, today):
    where = make.campaign(cast)
    for state in S:
        make.measure(cast, state, where)
    client = page(cast.street_cadre)
    assert "小区治理百日攻坚" in client.get("/campaigns/").content.decode()
    wall = client.get(f"/campaigns/{where.pk}/")
    assert [(one["label"], one["count"]) for one in wall.context["figures"]] == [
        ("措施", 3), ("已销号", 1), ("待核验", 1), ("推进中", 1), ("快到期", 1), ("超时未销号", 0)
    ]  # fmt: skip
    table = client.get(f"/campaigns/{where.pk}/?view=table&state=submitted")
    assert [row.number for row, _light in table.context["shown"]] == [2]
    assert table.context["view"] == "table"
    for query in ("state=unfinished", "light=red&lead=urban-management", "q=充电&aspect=公共安全"):
        assert client.get(f"/campaigns/{where.pk}/?{query}").status_code == 200
    for garbage in ("state=x", "lead=nobody", "view=x", "light=9"):
        answer = client.get(f"/campaigns/{where.pk}/?{garbage}")
        assert answer.status_code == 200


def test_empty_pages(cast, page):
    where = make.campaign(cast)
    assert "Excel 导入" in page(cast.street_cadre).get(f"/campaigns/{where.pk}/").content.decode()
    assert page(cast.district_cadre).get(f"/campaigns/{where.pk}/").status_code == 200
    assert page(cast.urban_officer).get("/campaigns/").status_code == 200
    assert page(cast.fire_officer).get(f"/campaigns/{where.pk}/").status_code == 404
    assert page(cast.community_worker).get("/campaigns/").status_code == 403


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(("address", "statements"), [("", 8), ("?view=table", 8), ("export/", 8)])
def test_statements_of_a_list(cast, page, rows, address, statements):
    where = make.campaign(cast)
    for _ in range(rows):
        make.measure(cast, S.SUBMITTED, where)
    client = page(cast.street_cadre)
    # The first request of a session notes when it was.
    assert client.get(f"/campaigns/{where.pk}/{address}").status_code == 200
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/campaigns/{where.pk}/{address}").status_code == 200
    assert len([one for one in captured if "SAVEPOINT" not in one["sql"]]) == statements


@pytest.mark.parametrize("rows", [1, 30])
def test_statements_of_all_lists(cast, page, rows):
    for _ in range(rows):
        make.measure(cast)
    client = page(cast.urban_officer)
    client.get("/campaigns/")  # the first page of a sign-in notes its device
    with CaptureQueriesContext(connection) as captured:
        client.get("/campaigns/")
    assert len(captured) == 6


def test_opening_and_adding_on_pages(cast, page):
    client = page(cast.street_cadre)
    body = {"owner": cast.street.code, "name": "攻坚", "starts": "2026-01-01", "ends": "2026-12-31"}
    assert client.post("/campaigns/new/", body | {"ends": "2025-01-01"}).status_code == 400
    assert client.post("/campaigns/new/", body | {"owner": "x"}).status_code == 400
    assert client.post("/campaigns/new/", body).status_code == 302
    where = Campaign.objects.get()
    values = {
        "aspect": "安全", "problem": "飞线", "text": "建桩", "lead": cast.urban.pk,
        "assist": [cast.fire.pk], "due_on": "2026-05-01",
    }  # fmt: skip
    address = f"/campaigns/{where.pk}/add/"
    assert client.get(address).status_code == 200
    assert client.post(address, values | {"due_on": "2030-01-01"}).status_code == 400
    assert client.post(address, values).status_code == 302
    made = where.measures.get()
    change = f"/campaigns/measures/{made.pk}/change/"
    assert client.get(change).status_code == 200
    assert client.post(change, values | {"reason": ""}).status_code == 400
    assert client.post(change, values | {"text": "建棚", "reason": "改"}).status_code == 302
    assert where.measures.get().text == "建棚"
    assert page(cast.urban_officer).get(change).status_code == 403
    assert page(cast.urban_officer).get(address).status_code == 403
    assert page(cast.urban_officer).get("/campaigns/new/").status_code == 403


def test_every_step_on_pages(cast, page):
    made = make.measure(cast)
    root = f"/campaigns/measures/{made.pk}/"
    officer, keeper = page(cast.urban_officer), page(cast.street_cadre)
    assert officer.get(root).context["first"]["label"] == "申请销号"
    assert officer.get(f"{root}submit/").status_code == 200
    assert officer.post(f"{root}submit/", {"text": ""}).status_code == 400
    refused = officer.post(f"{root}submit/", {"text": "已建"})
    assert refused.status_code == 409
    assert "佐证材料" in refused.content.decode()
    broken = officer.post(f"{root}report/", {"text": "已建", "photos": [upload(b"junk", "a.jpg")]})
    assert broken.status_code == 400
    sent = {"text": "已建", "photos": [upload(photo(), "a.jpg")]}
    assert officer.post(f"{root}submit/", sent).status_code == 302
    assert keeper.get(root).context["first"]["label"] == "销号"
    assert officer.post(f"{root}close/").status_code == 403
    assert keeper.post(f"{root}send-back/", {"reason": "不清楚"}).status_code == 302
    again = keeper.post(f"{root}close/", follow=True)
    assert "推进中" in " ".join(str(one) for one in again.context["messages"])
    assert officer.post(f"{root}submit/", {"text": "好", "reference": "3号"}).status_code == 302
    assert keeper.post(f"{root}close/", {"text": "看过"}).status_code == 302
    assert Measure.objects.get().state == S.CLOSED
    assert keeper.get(root).status_code == 200
    assert keeper.post(f"{root}nonsense/").status_code == 404
    assert page(cast.sibling_cadre).get(root).status_code == 404
    assert page(cast.sibling_cadre).post(f"{root}close/").status_code == 404


# --- API -----------------------------------------------------------------------------------------


def test_the_way_over_the_api(cast, api):
    keeper, officer = api(cast.street_cadre), api(cast.urban_officer)
    days = {"starts": "2026-01-01", "ends": "2030-12-31"}
    answer = keeper.post(
        "/api/v1/campaigns/", {"owner": cast.street.code, "name": "攻坚", **days}, format="json"
    )
    assert answer.status_code == 201
    key = answer.data["id"]
    body = {
        "campaign": key, "aspect": "安全", "problem": "飞线", "text": "建桩",
        "lead": "urban-management", "assist": ["fire"], "due_on": "2030-05-01",
    }  # fmt: skip
    made = keeper.post("/api/v1/measures/", body, format="json")
    assert (made.status_code, made.data["assist"], made.data["light"]) == (201, ["fire"], "green")
    root = f"/api/v1/measures/{made.data['id']}/"
    assert officer.get(root).data["available_actions"] == ["submit", "report"]
    bare = officer.post(f"{root}submit/", {"text": "好"}, format="json")
    assert (bare.status_code, bare.data["code"]) == (409, "evidence_required")
    asked = officer.post(f"{root}submit/", {"text": "好", "reference": "3号"}, format="json")
    assert (asked.status_code, asked.data["state"]) == (200, "submitted")
    assert officer.post(f"{root}close/").status_code == 403
    assert keeper.post(f"{root}send-back/", {}, format="json").status_code == 400
    closed = keeper.post(f"{root}close/", format="json")
    assert (closed.data["state"], len(closed.data["entries"])) == ("closed", 3)
    assert keeper.post(f"{root}close/", format="json").status_code == 409
    assert keeper.post(f"{root}reopen/", {"reason": "反弹"}, format="json").data["evidence"] is None
    changed = keeper.post(f"{root}change/", body | {"text": "建棚", "reason": "改"}, format="json")
    assert changed.data["text"] == "建棚"
    progress = keeper.get(f"/api/v1/campaigns/{key}/").data["progress"]
    assert (progress["total"], progress["open"]) == (1, 1)
    assert api(cast.sibling_cadre).get(root).status_code == 404
    assert api(cast.sibling_cadre).post(f"{root}close/").status_code == 404
    assert api().get(root).status_code == 401


@pytest.mark.parametrize(
    "values",
    [
        {"campaign": 10**30},
        {"campaign": 0},
        {"lead": "nobody"},
        {"assist": ["nobody"]},
        {"assist": "fire"},
        {"due_on": "soon"},
        {"text": ""},
        {"text": "x\x00"},
        {"number": 0},
    ],
)
def test_bad_input_over_the_api(cast, api, values):
    body = {
        "campaign": make.campaign(cast).pk, "aspect": "安全", "problem": "飞线", "text": "建桩",
        "lead": "urban-management", "due_on": "2026-05-01",
    }  # fmt: skip
    answer = api(cast.street_cadre).post("/api/v1/measures/", body | values, format="json")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_anothers_list_is_no_list_over_the_api(cast, api):
    where = make.campaign(cast)
    body = {
        "campaign": where.pk, "aspect": "安全", "problem": "飞线", "text": "建桩",
        "lead": "urban-management", "due_on": "2026-05-01",
    }  # fmt: skip
    assert api(cast.sibling_cadre).post("/api/v1/measures/", body, format="json").status_code == 400
    assert (
        api(cast.district_cadre).post("/api/v1/measures/", body, format="json").status_code == 403
    )
    refused = api(cast.sibling_cadre).post(
        "/api/v1/campaigns/",
        {"owner": cast.street.code, "name": "x", "starts": "2026-01-01", "ends": "2026-01-02"},
        format="json",
    )
    assert refused.status_code == 403


@pytest.mark.parametrize("rows", [1, 30])
def test_lists_over_the_api(cast, api, rows):
    where = make.campaign(cast)
    for _ in range(rows):
        make.measure(cast, where=where)
    client = api(cast.urban_officer)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(f"/api/v1/measures/?campaign={where.pk}&state=open&light=red")
    assert answer.status_code == 200
    # One of them looks whether there is such a campaign.
    assert len(captured) == 4
    assert len(client.get("/api/v1/measures/?limit=200").data["results"]) == rows
    assert client.get("/api/v1/measures/?state=x").status_code == 400
    assert len(client.get("/api/v1/campaigns/").data["results"]) == 1
    assert api(cast.fire_officer).get("/api/v1/measures/").data["results"] == []


def test_the_database_sees_the_same_lights(cast):
    """Each measure is found by the filter of exactly the light that its row shows."""
    where = make.campaign(cast)
    days = (date(2026, 3, 1), TODAY, date(2026, 3, 12), date(2026, 12, 31))
    for state in S:
        for due in days:
            make.measure(cast, state, where, due_on=due)
    with time_machine.travel(make.NOW, tick=False):
        for light in Light:
            found = MeasureFilter({"light": light.value}, queryset=where.measures.all()).qs
            assert set(found) == {one for one in where.measures.all() if one.light(TODAY) == light}
    counted = queries.progress_of([where], TODAY)[where.pk]
    whole = queries.wall(where, TODAY).whole
    assert vars(counted) == vars(whole) | {"key": str(where.pk), "name": where.name}


# --- Admin ---------------------------------------------------------------------------------------


def test_the_admin_shows_what_is_in_sight(cast, page):
    made = make.measure(cast, S.CLOSED)
    for person in (cast.street_cadre, cast.sibling_cadre):
        person.is_staff = True
        person.save()
    own, other = page(cast.street_cadre), page(cast.sibling_cadre)
    for kind, key in (("campaign", made.campaign_id), ("measure", made.pk)):
        root = f"/admin/tasks/{kind}/"
        assert len(own.get(root).context["cl"].result_list) == 1
        assert own.get(f"{root}{key}/change/").status_code == 200
        assert own.get(f"{root}add/").status_code == 403
        assert len(other.get(root).context["cl"].result_list) == 0
        assert other.get(f"{root}{key}/change/").status_code == 302
    for kind in ("measureentry", "measureattachment"):
        assert own.get(f"/admin/tasks/{kind}/").status_code == 403
        assert page(cast.admin).get(f"/admin/tasks/{kind}/?q=x").status_code in (200, 302)
