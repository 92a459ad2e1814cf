"""The pages of the care rosters: open to who is named, shut to everybody else, everywhere."""

import io
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from orgs.models import AuditEntry
from orgs.values.days import birthday_of
from residents.care.export import headings
from residents.enums import CareKind, HouseholdState, Relation
from residents.models import CareEntry, Unmasking, Visit
from tests import factories as make

SECRET = "肺结核，需保密"


@pytest.fixture
def person(cast):
    one = make.resident(
        cast.building, name="钱一二", born=date(1940, 5, 1), phone="13900001234", sex="female"
    )
    make.belonging(one, make.household(cast.building, "501"))
    return one


@pytest.fixture
def entry(cast, person):
    today = timezone.localdate()
    return make.care_entry(
        person, CareKind.LIVING_ALONE, health=SECRET, next_visit_on=today - timedelta(days=1)
    )


@pytest.fixture
def keeper(cast):
    make.care_reader(cast.community_worker, cast.community, keeps=True)
    return cast.community_worker


def pages(entry):
    return [
        "/care/", "/care/due/", "/care/export/?kind=living_alone", "/care/add/",
        *[f"/care/{entry.pk}/{more}" for more in ("", "change/", "end/", "visit/")],
        f"/api/v1/care/{entry.pk}/", "/api/v1/care/",
    ]  # fmt: skip


def test_a_named_keeper_opens_every_page(cast, page, keeper, entry):
    client = page(keeper)
    for address in pages(entry)[:-2]:
        assert client.get(address).status_code == 200, address
    assert SECRET in client.get(f"/care/{entry.pk}/").content.decode()
    for address in ("/care/", "/care/due/"):
        text = client.get(address).content.decode()
        assert "钱一二" in text
        assert SECRET not in text
        assert "13900001234" not in text


@pytest.mark.parametrize(
    "who",
    [
        "admin", "district_cadre", "street_cadre", "street_leader", "sibling_worker", "grid_worker",
        "secretary", "property_clerk", "committee_member", "member", "owner", "auditor", "outsider",
    ],
)  # fmt: skip
def test_who_is_not_named_opens_nothing(cast, page, api, keeper, entry, who):
    user = getattr(cast, who)
    client = page(user)
    for address in pages(entry)[:-2]:
        assert client.get(address).status_code in (403, 404), address
    for address in pages(entry)[-2:]:
        assert api(user).get(address).status_code in (403, 404), address
    for address in (
        "/admin/residents/careentry/",
        f"/admin/residents/careentry/{entry.pk}/change/",
    ):
        assert client.get(address).status_code in (302, 403), address
    assert Unmasking.objects.count() == 0


def test_the_same_role_at_the_same_place_is_not_enough(cast, page, keeper, entry):
    from orgs.enums import Role

    colleague = make.user("colleague")
    make.position(colleague, Role.COMMUNITY_WORKER, cast.community)
    client = page(colleague)
    for address in pages(entry)[:-2]:
        assert client.get(address).status_code in (403, 404), address
    roll = client.get(f"/people/{entry.person_id}/")
    assert roll.context["care"] is None
    assert "关爱台账" not in roll.content.decode()
    found = client.post("/people/search/", {"q": "钱一二"}).content.decode()
    assert "钱一二" in found
    assert "关爱台账" not in found
    assert client.post("/people/search/", {"q": SECRET}).context["found"] == []
    panels = client.get(f"/units/{cast.compound.code}/?tab=people").context["panels"]
    assert "residents/care/panel.html" not in [one.template for one in panels]


def test_a_reader_of_one_roster_sees_that_one_alone(cast, page, person, entry):
    make.care_reader(cast.grid_worker, cast.compound, CareKind.ASSISTANCE)
    other = make.care_entry(person, CareKind.ASSISTANCE)
    client = page(cast.grid_worker)
    assert [one for one, _name in client.get("/care/").context["rows"]] == [other]
    assert client.get(f"/care/{entry.pk}/").status_code == 404
    assert client.get(f"/care/{other.pk}/").status_code == 200
    assert client.get(f"/care/{other.pk}/change/").status_code == 403
    assert client.get("/care/add/").status_code == 403
    assert client.get("/care/export/?kind=living_alone").status_code == 403
    shown = client.get(f"/people/{person.pk}/").context["care"]
    assert (shown.entries, shown.free) == ([other], [])


def test_looking_is_recorded_and_the_list_is_not(cast, page, keeper, entry):
    client = page(keeper)
    client.get("/care/")
    assert Unmasking.objects.count() == 0
    client.get(f"/care/{entry.pk}/")
    client.get(f"/care/{entry.pk}/change/")
    seen = Unmasking.objects.all()
    assert {(one.by, one.person, one.field) for one in seen} == {(keeper, entry.person, "care")}
    assert len(seen) == 2
    report = page(cast.auditor).get("/unmaskings/")
    assert "钱一二" in report.content.decode()


def test_entering_from_the_search_to_the_roster(cast, page, keeper, person):
    client = page(keeper)
    found = client.post("/care/add/", {"q": "13900001234"})
    assert [one.pk for one in found.context["found"]] == [person.pk]
    chosen = {"person": person.pk, "kind": "allowance"}
    form = client.post("/care/add/", chosen)
    assert form.status_code == 200
    assert form.context["form"].errors == {}
    wrong = client.post("/care/add/", chosen | {"basis": "duty"})
    assert wrong.status_code == 400
    assert wrong.context["form"].errors.keys() == {"allowance"}
    body = {"basis": "duty", "allowance": "urban", "amount": "812.50", "family_size": "2"}
    done = client.post("/care/add/", chosen | body)
    entry = CareEntry.objects.get()
    assert done["Location"] == f"/care/{entry.pk}/"
    assert (entry.amount, entry.person, entry.starts) == (81250, person, timezone.localdate())
    assert "812.50" in client.get(f"/care/{entry.pk}/change/").content.decode()
    again = client.post("/care/add/", chosen | body)
    assert again.status_code == 400


def test_nobody_is_entered_whom_one_does_not_see(cast, page, keeper):
    elsewhere = make.resident(cast.other_community)
    body = {"person": elsewhere.pk, "kind": "assistance", "basis": "duty", "needs": "x"}
    assert page(keeper).post("/care/add/", body).status_code == 404
    here = make.resident(cast.building)
    body["person"] = here.pk
    assert page(cast.grid_worker).post("/care/add/", body).status_code == 403
    make.care_reader(cast.grid_worker, cast.compound, CareKind.ALLOWANCE, keeps=True)
    assert page(cast.grid_worker).post("/care/add/", body).status_code == 403
    assert CareEntry.objects.count() == 0


def test_changing_ending_and_the_history(cast, page, keeper, entry):
    client = page(keeper)
    body = {"basis": "duty", "health": "好转", "next_visit_on": ""}
    assert client.post(f"/care/{entry.pk}/change/", body).status_code == 302
    text = client.get(f"/care/{entry.pk}/").content.decode()
    assert "好转" in text
    assert SECRET in text
    assert client.post(f"/care/{entry.pk}/end/", {"ending": "moved"}).status_code == 400
    day = timezone.localdate().isoformat()
    body = {"ending": "moved", "ends": day}
    assert client.post(f"/care/{entry.pk}/end/", body).status_code == 302
    assert client.get("/care/").context["rows"] == []
    assert [one for one, _ in client.get("/care/?ended=1").context["rows"]] == [entry]
    assert client.post(f"/care/{entry.pk}/end/", body).status_code == 400


def test_a_visit_leaves_the_list_of_what_is_due(cast, page, keeper, entry):
    client = page(keeper)
    assert [one for one, _ in client.get("/care/due/").context["rows"]] == [entry]
    home = entry.person.belongings.get().household
    body = {
        "household": home.pk, "on": timezone.localdate().isoformat(), "text": "一切都好",
        "event_id": str(uuid4()),
    }  # fmt: skip
    foreign = make.household(cast.building)
    assert (
        client.post(f"/care/{entry.pk}/visit/", body | {"household": foreign.pk}).status_code == 400
    )
    assert client.post(f"/care/{entry.pk}/visit/", body).status_code == 302
    assert Visit.objects.get().person == entry.person
    assert client.get("/care/due/").context["rows"] == []
    assert "一切都好" in client.get(f"/care/{entry.pk}/").content.decode()


def test_the_unit_page_counts_for_readers(cast, page, keeper, entry):
    panels = page(keeper).get(f"/units/{cast.compound.code}/?tab=people").context["panels"]
    [panel] = [one for one in panels if one.template == "residents/care/panel.html"]
    counted = {one.kind: (one.people, one.due, one.unplanned) for one in panel.values.rosters}
    assert counted == {
        CareKind.LIVING_ALONE: (1, 1, 0),
        CareKind.ALLOWANCE: (0, 0, 0),
        CareKind.DISABILITY: (0, 0, 0),
        CareKind.ASSISTANCE: (0, 0, 0),
    }


def test_who_seems_to_live_alone_and_is_not_entered(cast, page, keeper, entry):
    def at_home(born, *others, **values):
        home = make.household(cast.building, **values)
        for one in (make.resident(cast.building, born=born), *others):
            make.belonging(one, home, Relation.FAMILY)
        return home

    today = timezone.localdate()
    old = date(today.year - 70, 1, 1)
    at_home(old)
    at_home(old, make.resident(cast.building))
    at_home(old, state=HouseholdState.LET)
    at_home(date(today.year - 40, 1, 1))
    at_home(birthday_of(60, today) + timedelta(days=1))
    address = f"/units/{cast.compound.code}/care/missing/"
    [person] = page(keeper).get(address).context["page"].rows
    assert person.born == old
    text = page(keeper).get(f"/units/{cast.compound.code}/?tab=people").content.decode()
    assert address in text
    make.care_entry(person, CareKind.LIVING_ALONE)
    assert page(keeper).get(address).context["page"].rows == []
    make.care_reader(cast.grid_worker, cast.compound, CareKind.LIVING_ALONE)
    for who in (cast.grid_worker, cast.admin, cast.street_cadre, cast.owner):
        assert page(who).get(address).status_code == 403
    assert page(keeper).get(f"/units/{cast.street.code}/care/missing/").status_code == 403


def test_the_person_sees_where_they_stand_and_why(cast, page, entry):
    entry.person.account = cast.owner
    entry.person.save()
    consented = make.care_entry(
        entry.person, CareKind.ASSISTANCE, basis="consent", consented_on=date(2026, 3, 1)
    )
    text = page(cast.owner).get("/my-data/").content.decode()
    assert "独居老人" in text
    assert "社区的法定职责" in text
    assert SECRET in text
    address = f"/my-data/care/{consented.pk}/withdraw/"
    question = text.split(f'action="{address}"')[0].rsplit("<details", 1)[1]
    assert "data-confirm-details" in question
    assert "今天起您不再列入这份台账" in question
    assert page(cast.neighbour).post(address).status_code == 404
    assert page(cast.owner).post(address).status_code == 302
    consented.refresh_from_db()
    assert consented.ending == "withdrawn"
    assert "关爱台账" not in page(cast.neighbour).get("/my-data/").content.decode()


def sheet(client, query):
    answer = client.get(f"/care/export/?{query}")
    assert answer.status_code == 200
    rows = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    return list(rows.iter_rows(values_only=True))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            "living_alone",
            "序号 姓名 性别 年龄 联系电话 居住地址 网格 健康状况 走访日期 走访人 走访内容 存在问题 处理措施 "
            "下次走访日期 备注",
        ),
        (
            "allowance",
            "序号 户主姓名 性别 年龄 联系电话 居住地址 网格 家庭人口 低保类型 享受金额(元/月) 困难原因 帮扶措施 "
            "调查日期 调查人 备注",
        ),
        (
            "disability",
            "序号 姓名 性别 年龄 残疾类别 残疾等级 联系电话 居住地址 网格 是否享受补贴 监护人姓名 监护人电话 "
            "登记日期 备注",
        ),
        (
            "assistance",
            "序号 姓名 性别 年龄 联系电话 居住地址 网格 帮扶需求 帮扶措施 责任人 走访记录 登记日期 备注",
        ),
    ],
)
def test_the_headings_are_those_of_the_communities(kind, expected):
    assert headings(CareKind(kind)) == expected.split()


def test_a_sheet_is_masked_harmless_scoped_and_recorded(cast, page, keeper, person):
    make.care_entry(
        person, CareKind.DISABILITY, note="=1+1", guardian_name="孙监护",
        guardian_phone="13911112222",
    )  # fmt: skip
    make.care_entry(make.resident(cast.other_compound), CareKind.DISABILITY)
    rows = sheet(page(keeper), f"kind=disability&unit={cast.compound.code}")
    assert len(rows) == 2
    line = dict(zip(*rows, strict=True))
    assert (line["姓名"], line["网格"], line["残疾等级"]) == ("钱一二", cast.grid.name, "二级")
    assert (line["联系电话"], line["监护人姓名"]) == ("139****1234", "孙**")
    assert (line["监护人电话"], line["备注"]) == ("139****2222", "'=1+1")
    assert Unmasking.objects.get().person == person
    audited = AuditEntry.objects.get(action="residents.export-care")
    assert audited.detail == {"unit": cast.compound.code, "rows": 1}
    assert len(sheet(page(keeper), "kind=allowance")) == 1


def test_a_sheet_is_of_one_roster(cast, page, keeper, entry):
    assert page(keeper).get("/care/export/").status_code == 403


def test_the_admin_shows_a_named_reader_that_there_is_an_entry_and_no_more(
    cast, page, keeper, entry
):
    keeper.is_staff = True
    keeper.save()
    client = page(keeper)
    text = client.get(f"/admin/residents/careentry/{entry.pk}/change/").content.decode()
    assert "钱一二" in text
    assert SECRET not in text
    assert client.get("/admin/residents/careentry/").status_code == 200


@pytest.mark.parametrize("rows", [1, 30])
def test_statements_do_not_grow_with_rows(cast, page, keeper, rows, django_assert_max_num_queries):
    today = timezone.localdate()
    for _number in range(rows):
        one = make.resident(cast.building)
        make.belonging(one, make.household(cast.building))
        entry = make.care_entry(one, CareKind.ASSISTANCE, next_visit_on=today)
    client = page(keeper)
    for address, statements in (
        (f"/care/?unit={cast.compound.code}", 13),
        ("/care/due/", 11),
        (f"/care/{entry.pk}/", 20),
        (f"/people/{entry.person_id}/", 15),
        (f"/units/{cast.compound.code}/?tab=people", 15),
        (f"/units/{cast.compound.code}/care/missing/", 14),
    ):
        client.get(address)
        with django_assert_max_num_queries(statements):
            client.get(address)
    with django_assert_max_num_queries(22):
        b"".join(client.get("/care/export/?kind=assistance").streaming_content)


def test_a_day_known_already_stands_in_the_form(page, keeper, entry):
    day = entry.next_visit_on.isoformat()
    text = page(keeper).get(f"/care/{entry.pk}/change/").content.decode()
    assert f'name="next_visit_on" value="{day}"' in text


def test_homes_in_other_places_are_neither_shown_nor_offered(cast, page, keeper, entry):
    far = make.unit(make.unit(cast.other_community, name="远方小区"), name="9栋")
    make.belonging(entry.person, make.household(far, "901"))
    client = page(keeper)
    for address in (f"/care/{entry.pk}/", f"/care/{entry.pk}/visit/", "/care/"):
        text = client.get(address).content.decode()
        assert ("501" in text, "远方" in text) == (True, False), address
