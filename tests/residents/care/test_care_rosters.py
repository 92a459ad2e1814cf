"""Care rosters from Excel: nobody is made, control is refused, only named keepers import and look."""

import io
from datetime import date, timedelta

import pytest
from django.utils.translation import gettext
from openpyxl import load_workbook

from orgs.enums import ImportState
from orgs.errors import NotAllowed
from orgs.imports import imports
from orgs.imports.rosters import roster_of, unit_rosters
from orgs.imports.workbooks import writer
from orgs.models import AuditEntry, LedgerImport
from residents.enums import CareKind
from residents.models import CareChange, CareEntry, Person
from tests import factories as make
from tests import roster_workbooks as books

SECRET = "长期透析需保密"
# The headings of 重点人员台账 as communities keep it.
KEY_PEOPLE = (
    "序号 姓名 性别 年龄 人员类别 联系电话 居住地址 网格 管控等级 管控措施 责任人 走访记录 登记日期 备注"
).split()
LIVING_ALONE = (
    "序号 姓名 性别 年龄 联系电话 居住地址 网格 健康状况 走访日期 走访人 走访内容 存在问题 处理措施 "
    "下次走访日期 备注"
).split()
ALLOWANCE = (
    "序号 户主姓名 性别 年龄 联系电话 居住地址 网格 家庭人口 低保类型 享受金额(元/月) 困难原因 帮扶措施 "
    "调查日期 调查人 备注"
).split()
DISABILITY = (
    "序号 姓名 性别 年龄 残疾类别 残疾等级 联系电话 居住地址 网格 是否享受补贴 监护人姓名 监护人电话 "
    "登记日期 备注"
).split()


@pytest.fixture
def keeper(cast):
    make.care_reader(cast.community_worker, cast.community, keeps=True)
    return cast.community_worker


@pytest.fixture
def person(cast):
    one = make.resident(cast.building, name="钱一二", phone="13900001234", born=date(1940, 5, 1))
    make.belonging(one, make.household(cast.building, "501"))
    return one


def roster(kind):
    found = roster_of(f"care_{kind.value}")
    assert found
    return found


def send(cast, kind, by, headings, *rows):
    return books.send(roster(kind), cast.community, by, books.book(headings, rows))


def test_the_sheet_of_older_people_living_alone(cast, keeper, person):
    row = [
        1, "钱一二", "女", 85, "13900001234", "5栋501", "一网格", SECRET, "2026-03-01", "郑网格", "好",
        "", "", "2026-04-01", "",
    ]  # fmt: skip
    found = send(cast, CareKind.LIVING_ALONE, keeper, LIVING_ALONE, row)
    assert books.counts(found) == {"new": 1}, books.problems(found)
    assert CareEntry.objects.count() == 0
    found = books.apply(found, keeper)
    entry = CareEntry.objects.get()
    assert (entry.person, entry.health, entry.next_visit_on) == (person, SECRET, date(2026, 4, 1))
    assert (entry.entered_by, entry.starts) == (keeper, make.NOW.date())
    entry.health = f" {SECRET}　"
    entry.save()
    again = send(cast, CareKind.LIVING_ALONE, keeper, LIVING_ALONE, row)
    assert books.counts(again) == {"unchanged": 1}


def test_the_sheet_of_allowances_changes_and_is_undone(cast, keeper, person):
    entry = make.care_entry(person, CareKind.ALLOWANCE, hardship="失业")
    row = [
        1, "钱一二", "", "", "13900001234", "", "", "3人", "城镇低保", "900.50元", SECRET, "", "2026-01-02",
        "某人", "",
    ]  # fmt: skip
    found = send(cast, CareKind.ALLOWANCE, keeper, ALLOWANCE, row)
    assert books.counts(found) == {"changed": 1}, books.problems(found)
    found = books.apply(found, keeper)
    entry.refresh_from_db()
    assert (entry.amount, entry.family_size, entry.hardship) == (90050, 3, SECRET)
    before = CareChange.objects.get().values
    assert before == {"amount": 81250, "family_size": 2, "hardship": "失业"}
    assert SECRET not in str(list(AuditEntry.objects.values_list("detail", flat=True)))
    undone = books.undo(found, keeper)
    assert undone.state == ImportState.UNDONE, undone.problem
    entry.refresh_from_db()
    assert (entry.amount, entry.hardship, CareChange.objects.count()) == (81250, "失业", 0)


def test_the_sheet_of_disabled_people(cast, keeper, person):
    row = [
        1, "钱一二", "", "", "视力", "2级", "13900001234", "", "", "是", "孙监护", "139 1111 2222",
        "2026-01-02", "",
    ]  # fmt: skip
    found = books.apply(send(cast, CareKind.DISABILITY, keeper, DISABILITY, row), keeper)
    entry = CareEntry.objects.get()
    assert (entry.disability, entry.grade, entry.subsidised) == ("sight", 2, True)
    assert (entry.guardian_phone, entry.starts) == ("13911112222", date(2026, 1, 2))
    assert books.undo(found, keeper).state == ImportState.UNDONE
    assert CareEntry.objects.count() == 0


# Directories of service points and of places are about no person.
@pytest.mark.parametrize(
    "code",
    [one.code for one in unit_rosters() if one.code not in ("service-points", "landmarks")],
)
def test_control_measures_are_refused_by_every_roster_of_people(cast, keeper, code):
    found = roster_of(code)
    row = [
        1,
        "钱一二",
        "女",
        85,
        "矫正",
        "13900001234",
        "5栋501",
        "",
        "一级",
        "每日见面",
        "某人",
        "",
        "",
        "",
    ]
    content = books.book([*KEY_PEOPLE, *(one.heading for one in found.columns)], [row])
    sent = books.send(found, cast.community, keeper, content)
    assert sent.state == ImportState.FAILED
    assert sent.problem == gettext(
        "This file has columns on control measures. Only what people need is kept: delete these "
        "columns and send the file again."
    )


@pytest.mark.parametrize("heading", ["管控等级", "稳控措施", "是否列管", "布控 措施", "在控情况"])
def test_one_column_of_control_is_enough(cast, keeper, person, heading):
    sent = send(
        cast, CareKind.ASSISTANCE, keeper, ["姓名", "联系电话", "帮扶需求", heading],
        ["钱一二", "13900001234", "送菜", "一级"],
    )  # fmt: skip
    assert sent.state == ImportState.FAILED
    assert CareEntry.objects.count() == 0


def test_without_needs_there_is_nothing_to_take(cast, keeper):
    headings = [one for one in KEY_PEOPLE if "管控" not in one]
    sent = send(cast, CareKind.ASSISTANCE, keeper, headings, ["1", "钱一二"])
    assert sent.state == ImportState.FAILED
    assert "帮扶需求" in sent.problem


def test_nobody_is_made_and_doubts_are_asked_about(cast, keeper, person):
    elsewhere = make.resident(cast.other_community, name="孙外地", phone="13900005555")
    make.belonging(elsewhere, make.household(cast.building, "502"))
    young = make.resident(cast.building, name="李年轻", phone="13900006666", born=date(1990, 1, 1))
    people = Person.objects.count()
    headings = ["姓名", "联系电话", "居住地址"]
    found = send(
        cast, CareKind.LIVING_ALONE, keeper, headings,
        ["周新人", "13900007777", ""],
        ["钱一二", "", ""],
        ["孙外地", "13900005555", ""],
        [young.name, "13900006666", ""],
    )  # fmt: skip
    assert books.verdicts(found) == ["wrong", "unsure", "wrong", "wrong"]
    said = [list(one.values()) for one in books.problems(found)]
    assert "请先登记居民" in said[0][0]
    assert "别处" in said[2][0]
    assert "60" in said[3][0]
    assert Person.objects.count() == people


def test_the_same_person_twice_is_named(cast, keeper, person):
    rows = [["钱一二", "13900001234", "送菜"], ["钱一二", "13900001234", "送药"]]
    found = send(cast, CareKind.ASSISTANCE, keeper, ["姓名", "联系电话", "帮扶需求"], *rows)
    assert books.verdicts(found) == ["new", "wrong"]


@pytest.mark.parametrize(
    "who", ["admin", "street_cadre", "grid_worker", "sibling_worker", "property_clerk"]
)
def test_others_send_nothing_and_fetch_no_template(cast, keeper, who):
    user, one = getattr(cast, who), roster(CareKind.ASSISTANCE)
    make.care_reader(cast.grid_worker, cast.compound, CareKind.ALLOWANCE, keeps=True)
    content = books.book(["姓名", "帮扶需求"], [["钱一二", "送菜"]])
    with pytest.raises(NotAllowed):
        imports.upload(
            roster=one, target=cast.compound, name="a.xlsx", content=content, by=user, now=make.NOW
        )
    with pytest.raises(NotAllowed):
        writer.template(roster=one, target=cast.compound, by=user)


def test_an_import_is_seen_by_those_who_keep_the_roster(cast, keeper, person):
    found = send(
        cast, CareKind.ASSISTANCE, keeper, ["姓名", "联系电话", "帮扶需求"],
        ["钱一二", "13900001234", SECRET],
    )  # fmt: skip
    assert list(LedgerImport.objects.visible_to(keeper)) == [found]
    for name in ("admin", "street_leader", "grid_worker", "owner", "auditor", "property_clerk"):
        assert not LedgerImport.objects.visible_to(getattr(cast, name)).exists(), name
    for naming in keeper.positions.get().care_ledgers.all():
        naming.ends = make.NOW.date() - timedelta(days=1)
        naming.save()
    assert not LedgerImport.objects.visible_to(keeper).exists()
    with pytest.raises(NotAllowed):
        imports.apply(imported=found, by=keeper, now=make.NOW)


def test_a_template_has_the_headings_of_the_roster(cast, keeper):
    content = writer.template(roster=roster(CareKind.DISABILITY), target=cast.community, by=keeper)
    first = next(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))
    assert {"姓名", "残疾类别", "残疾等级", "是否享受补贴", "监护人姓名", "监护人电话"} <= set(
        first
    )


@pytest.mark.parametrize("rows", [1, 30])
def test_statements_do_not_grow_with_rows(cast, keeper, rows, django_assert_max_num_queries):
    people = [make.resident(cast.building, phone=f"139000{n:05}") for n in range(rows)]
    content = books.book(
        ["姓名", "联系电话", "帮扶需求"], [[one.name, one.phone, "送菜"] for one in people]
    )
    found = books.send(roster(CareKind.ASSISTANCE), cast.community, keeper, content)
    with django_assert_max_num_queries(45):
        books.apply(found, keeper)
    assert CareEntry.objects.count() == rows


def test_the_pages_of_an_import_are_open_to_keepers_alone(cast, page, keeper, person):
    rows = ["钱一二", "13900001234", SECRET]
    found = send(cast, CareKind.ASSISTANCE, keeper, ["姓名", "联系电话", "帮扶需求"], rows)
    address = f"/imports/{found.pk}/"
    shown = page(keeper).get(address)
    assert shown.status_code == 200
    assert SECRET not in shown.content.decode()
    listed = f"/units/{cast.community.code}/ledgers/"
    assert found.file_name in page(keeper).get(listed).content.decode()
    for name in ("admin", "street_leader", "grid_worker", "sibling_worker", "owner"):
        client = page(getattr(cast, name))
        assert client.get(address).status_code == 404, name
        assert client.post(f"{address}apply/").status_code == 404, name
        assert "care_assistance" not in client.get(listed).content.decode(), name
