"""Workbooks that people fetch: templates, exports that can be read again, wrong rows."""

import io

import pytest
from openpyxl import load_workbook

from orgs.errors import NotAllowed
from orgs.imports.rosters import all_rosters
from orgs.imports.workbooks import writer
from orgs.models import AuditEntry
from residents.enums import Relation
from residents.rosters.households_roster import HOUSEHOLDS
from residents.rosters.residents_roster import RESIDENTS, TENANTS
from residents.rosters.visits_roster import VISITS
from tests import factories as make
from tests.roster_workbooks import PEOPLE, apply, book, counts, send

NOW = make.NOW


@pytest.fixture
def worker(cast):
    return cast.community_worker


@pytest.fixture
def roll(cast):
    """An owner and a tenant in one flat, both with numbers; a flat of a sibling community."""
    home = make.household(cast.building, "501", entrance="2")
    owner = make.resident(
        cast.building, name="张三", id_number=make.id_number(), phone="13900001111",
        note="独居", registered_at="湖北省黄冈市",
    )  # fmt: skip
    tenant = make.resident(cast.building, name="李四", phone="13900002222")
    make.belonging(owner, home, share_part=1, share_whole=2)
    make.belonging(tenant, home, Relation.TENANT)
    compound = make.unit(cast.sibling, code="421102005004-001", name="外地小区")
    building = make.unit(compound, code="421102005004-001-001", name="1栋")
    make.belonging(make.resident(building, name="外人"), make.household(building, "101"))
    return owner, tenant


def lines_of(content):
    sheet = load_workbook(content).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def exported(roster, by, unit=None, **filters):
    made = writer.export(roster=roster, unit=unit, filters=filters, by=by, now=NOW)
    return made, lines_of(made)


# --- Templates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["households", "residents", "tenants", "visits"])
def test_a_template_has_drop_downs_an_example_and_explanations(cast, worker, code):
    roster = next(one for one in all_rosters() if one.code == code)
    made = writer.template(roster=roster, target=cast.community, by=worker)
    filled, explained, lists = load_workbook(io.BytesIO(made)).worksheets
    headings = [cell.value for cell in filled[1]]
    assert headings == ["序号", *(column.heading for column in roster.columns)]
    assert filled["A2"].value == "示例"
    formulas = [one.formula1 for one in filled.data_validations.dataValidation]
    for column in roster.columns:
        if column.choices:
            assert f'"{",".join(column.choices)}"' in formulas
    assert "lists!$B$1:$B$1" in formulas
    assert (lists.sheet_state, lists["A1"].value, lists["B1"].value) == (
        "hidden", "翡翠一品小区", "5栋",
    )  # fmt: skip
    told = {row[0] for row in explained.iter_rows(values_only=True)}
    assert {column.heading for column in roster.columns} <= told


@pytest.mark.parametrize("code", ["households", "residents", "tenants", "visits"])
def test_a_template_sent_as_it_is_holds_no_rows(cast, worker, code):
    roster = next(one for one in all_rosters() if one.code == code)
    made = writer.template(roster=roster, target=cast.community, by=worker)
    found = send(roster, cast.community, worker, made)
    assert (found.state, found.left_out) == ("failed", [])


def test_templates_are_for_keepers_of_the_place(cast):
    for who in (cast.sibling_worker, cast.street_cadre, cast.owner):
        with pytest.raises(NotAllowed):
            writer.template(roster=RESIDENTS, target=cast.community, by=who)


# --- Exports -----------------------------------------------------------------------------------------


def test_an_export_is_masked(roll, worker):
    _made, (headings, *rows) = exported(RESIDENTS, worker)
    assert headings == ["序号", *(column.heading for column in RESIDENTS.columns)]
    assert sorted(row[1] for row in rows) == ["张三", "李四"]
    owner, tenant = roll
    whole = str(rows)
    for private in (owner.id_number, owner.phone, tenant.phone, owner.note, owner.registered_at):
        assert private not in whole
    shown = dict(zip(headings, next(row for row in rows if row[1] == "张三"), strict=True))
    assert shown["联系电话"] == "139****1111"
    assert shown["身份证号"] == f"{owner.id_number[:4]}**********{owner.id_number[-4:]}"
    assert (shown["产权份额"], shown["备注"], shown["户籍地址"]) == ("1/2", "****", "****")


def test_an_export_that_is_sent_back_changes_nothing(cast, roll, worker):
    for roster, count in ((RESIDENTS, 2), (TENANTS, 1), (HOUSEHOLDS, 1)):
        made, _rows = exported(roster, worker, cast.community)
        made.seek(0)
        assert counts(send(roster, cast.community, worker, made.read())) == {"unchanged": count}


def test_an_export_keeps_to_scope_unit_and_filters(cast, roll, worker):
    def names(by, unit=None, **filters):
        return sorted(row[1] for row in exported(RESIDENTS, by, unit, **filters)[1][1:])

    assert names(cast.sibling_worker) == ["外人"]
    assert names(cast.street_cadre) == ["外人", "张三", "李四"]
    assert names(cast.street_cadre, cast.compound) == ["张三", "李四"]
    assert names(worker, relation="tenant") == ["李四"]
    assert [row[8] for row in exported(HOUSEHOLDS, worker, state="let")[1][1:]] == []


@pytest.mark.parametrize("who", ["owner", "member", "property_clerk", "secretary", "auditor"])
def test_others_export_nothing(cast, roll, who):
    with pytest.raises(NotAllowed):
        exported(RESIDENTS, getattr(cast, who))
    with pytest.raises(NotAllowed):
        exported(RESIDENTS, cast.sibling_worker, cast.community)


def test_an_export_is_audited_without_private_values(cast, roll, worker):
    exported(RESIDENTS, worker, cast.compound, relation="owner")
    entry = AuditEntry.objects.get(action="residents.export-ledger")
    assert (entry.actor_id, entry.detail) == (
        worker.pk,
        {"ledger": "residents", "unit": cast.compound.code, "rows": 1, "relation": "owner"},
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_formulas_are_harmless_and_survive_the_way_back(cast, worker, start):
    home = make.household(cast.building, "501")
    name = f"{start}cmd|calc"
    person = make.resident(cast.building, name="张三", employment=name)
    make.belonging(person, home)
    made, rows = exported(RESIDENTS, worker, cast.community)
    place = rows[0].index("就业状态")
    assert rows[1][place].startswith("'")
    if start == "\t":
        return
    made.seek(0)
    assert counts(send(RESIDENTS, cast.community, worker, made.read())) == {"unchanged": 1}


def test_visits_are_exported_without_their_words(cast, roll, worker):
    lines = [("张三", "5栋2单元501", "2026-03-01", "身体尚好")]
    content = book(("姓名", "居住地址", "走访日期", "走访内容"), lines)
    apply(send(VISITS, cast.community, worker, content), worker)
    _made, rows = exported(VISITS, worker)
    shown = dict(zip(rows[0], rows[1], strict=True))
    assert (shown["姓名"], shown["走访日期"], shown["走访内容"]) == ("张三", "2026-03-01", "****")


def test_an_export_costs_the_same_however_many_rows(cast, worker, django_assert_max_num_queries):
    def fill(count):
        for number in range(count):
            make.belonging(
                make.resident(cast.building), make.household(cast.building, f"{number}{count}")
            )

    fill(1)
    with django_assert_max_num_queries(12):
        exported(RESIDENTS, worker)
    fill(30)
    with django_assert_max_num_queries(12):
        assert len(exported(RESIDENTS, worker)[1]) == 32


# --- Wrong rows --------------------------------------------------------------------------------------


def test_a_file_comes_back_with_its_wrong_rows_first_to_be_corrected_and_sent(cast, worker):
    lines = [
        ("李四", "业主", "", 13900002222, "5栋", "2单元", "502"),
        ("张三", "邻居", "421102", "13900001111", "5栋", "2单元", "501"),
    ]
    found = send(RESIDENTS, cast.community, worker, book(PEOPLE, lines))
    made = writer.to_correct(imported=found, roster=RESIDENTS, by=worker, now=NOW)
    headings, wrong, right = lines_of(made)
    shown = dict(zip(headings, wrong, strict=True))
    assert (shown["姓名"], shown["与户主关系"], shown["身份证号"], shown["联系电话"]) == (
        "张三", "邻居", "421102", "13900001111",
    )  # fmt: skip
    assert "身份证号: " in wrong[-1]
    assert (right[0], right[-1]) == (2, None)
    assert AuditEntry.objects.get(action="residents.fetch-wrong-rows").detail["rows"] == 2
    corrected = dict(shown, 与户主关系="租户", 身份证号="")
    again = send(
        RESIDENTS, cast.community, worker, book(headings, [list(corrected.values()), right])
    )
    assert counts(again) == {"new": 2}
    assert again.left_out == []


def test_only_whoever_sent_the_file_gets_its_rows(cast, worker):
    found = send(RESIDENTS, cast.community, worker, book(PEOPLE, [("张三",)]))
    for who in (cast.grid_worker, cast.admin):
        with pytest.raises(NotAllowed):
            writer.to_correct(imported=found, roster=RESIDENTS, by=who, now=NOW)
