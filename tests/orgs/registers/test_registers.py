"""Registers of units, with the directory as the example: who reads and writes them on every way in."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from orgs.audit import audit
from orgs.directory.directory import SERVICE_POINTS
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.imports.workbooks import writer
from orgs.models import AuditEntry, ServicePoint
from orgs.registers import rows
from tests import factories as make
from tests.roster_workbooks import apply, book, counts, problems, send, undo

URL = "/api/v1/service-points/"


def names(answer):
    return [point.name for point in answer.context["page"].rows]


# --- Use-cases -----------------------------------------------------------------------------------


def add(cast, **values):
    given = {"kind": "gas", "name": "燃气", "phone": "110", "by": cast.community_worker}
    return rows.add(row=ServicePoint(), now=make.NOW, **given | {"unit": cast.community} | values)


def test_entered_changed_ended_and_audited(cast):
    point = add(cast)
    who = {"by": cast.street_cadre, "now": make.NOW}
    rows.change(row=point, phone="119", name="燃气", **who)
    rows.change(row=point, ends=make.NOW.date(), **who)
    entries = AuditEntry.objects.filter(object_id=str(point.pk)).order_by("pk")
    assert [(one.action, one.detail["changed"]) for one in entries] == [
        ("orgs.add_servicepoint", ["kind", "name", "phone", "unit"]),
        ("orgs.change_servicepoint", ["phone"]),
        ("orgs.change_servicepoint", ["ends"]),
    ]
    with pytest.raises(WrongState) as refused:
        rows.change(row=point, phone="110", **who)
    assert refused.value.code == "ended"
    assert add(cast).phone == "110"


@pytest.mark.parametrize("who", ["sibling_worker", "sibling_cadre", "property_clerk", "owner"])
def test_others_write_nothing(cast, who):
    with pytest.raises(NotAllowed):
        add(cast, by=getattr(cast, who))
    with pytest.raises(NotAllowed):
        rows.change(row=add(cast), phone="119", by=getattr(cast, who), now=make.NOW)


def test_moved_within_ones_own_places_alone(cast):
    point, who = add(cast), {"by": cast.community_worker, "now": make.NOW}
    assert rows.change(row=point, unit=cast.compound, **who).unit == cast.compound
    with pytest.raises(NotAllowed):
        rows.change(row=point, unit=cast.sibling, **who)


def test_what_the_model_refuses_is_said_by_field(cast):
    with pytest.raises(Refused) as refused:
        add(cast, phone="打电话", kind="x")
    assert refused.value.fields.keys() == {"phone", "kind"}
    add(cast)
    with pytest.raises(Refused) as refused:
        add(cast)
    assert (refused.value.message, refused.value.fields) == ("本单位已有同类别、同名称的一条。", {})


def test_the_second_of_two_at_the_same_moment_is_told(cast, monkeypatch):
    monkeypatch.setattr(ServicePoint, "full_clean", lambda row: None)
    add(cast)
    with pytest.raises(WrongState) as refused:
        add(cast)
    assert refused.value.code == "entered_meanwhile"


def test_what_is_not_audited_is_not_kept(cast, monkeypatch):
    monkeypatch.delattr(audit, "record")
    with pytest.raises(AttributeError):
        add(cast)
    assert not ServicePoint.objects.exists()


# --- Pages ---------------------------------------------------------------------------------------


def test_one_reads_ones_own_place_first(cast, page):
    for place in (cast.street, cast.compound, cast.other_compound, cast.other_street):
        make.service_point(place, name=place.name)
    own = {"西湖街道", "翡翠一品小区"}
    assert set(names(page(cast.owner).get("/numbers/"))) == own
    assert set(names(page(cast.owner).get("/numbers/?unit="))) > own
    assert set(names(page(cast.community_worker).get("/numbers/"))) == own | {"湖畔小区"}
    assert len(names(page().get("/numbers/?unit=nowhere"))) == 4


def test_only_what_one_keeps_is_offered_for_change(cast, page):
    points = [make.service_point(place) for place in (cast.street, cast.compound)]
    offered = [f"/numbers/{point.pk}/" for point in points]
    add = f"/units/{cast.community.code}/numbers/add/"
    shown = page(cast.community_worker).get("/numbers/").content.decode()
    assert [one in shown for one in (*offered, add)] == [False, True, True]
    shown = page(cast.owner).get("/numbers/").content.decode()
    assert [one in shown for one in (*offered, add)] == [False, False, False]
    assert page(cast.community_worker).get(offered[0]).status_code == 403
    assert page(cast.sibling_worker).get(add).status_code == 403


@pytest.mark.parametrize("count", [1, 120])
def test_pages_in_order_cost_the_same(cast, page, count, django_assert_max_num_queries):
    for number in range(count):
        make.service_point(
            cast.community, name=f"{number // 2:02}", kind=["gas", "water"][number % 2]
        )
    client, seen, address = page(cast.community_worker), [], ""
    while True:
        with django_assert_max_num_queries(12):
            shown = client.get(f"/numbers/{address}").context["page"]
        seen.append([(point.kind, point.name) for point in shown.rows])
        if not shown.next:
            break
        address = shown.next
    everything = [one for rows in seen for one in rows]
    assert (len(everything), everything) == (
        count,
        sorted(everything, key=lambda one: (one[0] == "gas", one)),
    )
    if shown.previous:
        before = client.get(f"/numbers/{shown.previous}").context["page"]
        assert [(point.kind, point.name) for point in before.rows] == seen[-2]


def test_the_second_editor_undoes_nothing(cast, page):
    point, address = make.service_point(cast.community, name="燃气", phone="110"), "/numbers/"
    address = f"{address}{point.pk}/"
    client = page(cast.community_worker)
    drawn = client.get(address).context
    typed = {name: drawn["form"][name].value() or "" for name in drawn["form"].fields}
    typed["shown"] = drawn["shown"]
    assert client.post(address, typed | {"phone": "119"}).status_code == 302
    assert client.post(address, typed | {"note": "夜间"}).status_code == 409
    point.refresh_from_db()
    assert (point.phone, point.note) == ("119", "")


# --- API -----------------------------------------------------------------------------------------


def test_sight_then_role_then_body(cast, api):
    point = make.service_point(cast.community)
    one, wrong = f"{URL}{point.pk}/", {"kind": "x"}
    assert api().get(URL).status_code == 401
    assert api(cast.owner).get(one).json()["unit"] == cast.community.code
    assert api(cast.owner).get(f"{URL}0/").status_code == 404
    assert api(cast.owner).patch(one, wrong, format="json").status_code == 403
    assert api(cast.street_cadre).patch(one, wrong, format="json").status_code == 400
    ended = api(cast.street_cadre).patch(one, {"ends": "2026-01-01"}, format="json")
    assert (ended.status_code, ended.json()["ends"]) == (200, "2026-01-01")
    assert api(cast.street_cadre).patch(one, {"phone": "119"}, format="json").status_code == 409
    assert api(cast.owner).get(URL).json()["results"] == []


# --- Excel ---------------------------------------------------------------------------------------


def test_out_and_in_and_back(cast, page):
    make.service_point(cast.street, note="=1+1")
    worker, headings = cast.street_cadre, ("类别", "名称", "联系电话", "服务时间", "所属单位")
    known = ("供水", "示范供水站", "0713-0000001", "24小时", "")
    new = ("公安派出所", "示范派出所", "110", "", "西湖社区")
    strange = ("供电", "示范供电所", "0713-0000002", "", "别处")
    sent = send(SERVICE_POINTS, cast.street, worker, book(headings, [known, new, strange, new]))
    assert counts(sent) == {"new": 1, "changed": 1, "wrong": 2}
    assert [list(one) for one in problems(sent)] == [[], [], ["unit"], ["name"]]
    done = apply(send(SERVICE_POINTS, cast.street, worker, book(headings, [known, new])), worker)
    assert ServicePoint.objects.get(kind="police").unit == cast.community
    answer = page(worker).get(f"/ledgers/service-points/export/?unit={cast.street.code}")
    content = answer.getvalue()
    assert [row[6].value for row in load_workbook(BytesIO(content)).active] == [
        "备注",
        "'=1+1",
        None,
    ]
    assert AuditEntry.objects.get(action="residents.export-ledger").detail["rows"] == 2
    assert counts(send(SERVICE_POINTS, cast.street, worker, content)) == {"unchanged": 2}
    assert undo(done, worker).state == "undone"
    assert ServicePoint.objects.get().opening == ""


def test_the_template_offers_the_words_of_choices(cast):
    content = writer.template(
        roster=SERVICE_POINTS, target=cast.community, by=cast.community_worker
    )
    words = [row[0].value for row in load_workbook(BytesIO(content))["lists"]]
    assert words[:2] == ["紧急求助", "社区值班"]
