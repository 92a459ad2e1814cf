"""The twelve blank forms that a portal has to fill by itself, each laid out differently."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font
from openpyxl.worksheet.datavalidation import DataValidation

from governance.data_forms.answers import answers
from governance.data_forms.blanks import blanks
from governance.data_forms.enums import FileState, Subject
from governance.data_forms.fillings import fillings, filters
from governance.data_forms.models import BlankForm, FilledFile
from governance.demo.places import COMMUNITY
from orgs.models import Unit, User
from tests.governance.data_forms.blank_workbooks import BOX, FOOT, TITLE, allowance, book, disabled
from tests.governance.data_forms.form_factories import upload

Made = tuple[Any, Subject, dict[str, Any]]


def _sheet(title: str, width: int) -> Any:
    sheet = Workbook().active
    sheet.title = title[:31]
    sheet["A1"] = title
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=width)
    sheet["A1"].font, sheet["A1"].alignment = TITLE, Alignment(horizontal="center")
    return sheet


def _boxed(sheet: Any, first: int, last: int, width: int, border: Border = BOX) -> None:
    for row in range(first, last + 1):
        for column in range(1, width + 1):
            sheet.cell(row, column).border = border


def _spread(sheet: Any, row: int, groups: dict[str, tuple[str, ...]], depth: int = 2) -> int:
    """Headings over two lines from `row` on: a group with its parts, or one alone over both; the width."""
    place = 1
    for group, parts in groups.items():
        sheet.cell(row, place, group)
        if parts:
            sheet.merge_cells(
                start_row=row, end_row=row, start_column=place, end_column=place + len(parts) - 1
            )
            for part in parts:
                sheet.cell(row + depth - 1, place, part)
                place += 1
        else:
            sheet.merge_cells(
                start_row=row, end_row=row + depth - 1, start_column=place, end_column=place
            )
            place += 1
    return place - 1


def old_age() -> Made:
    """高龄津贴花名册: a line for who reports, boxes, the foot in three cells."""
    made = book(
        "黄州区高龄津贴发放花名册",
        ("序号", "姓名", "性别", "出生年月", "年龄", "身份证号码", "所在社区", "现住址", "联系电话", "领取人签字", "备注"),
        subtitle="填报单位（盖章）：                填报日期：    年  月  日",
    )  # fmt: skip
    return made, Subject.PERSON, {"min_age": 80}


def low_income() -> Made:
    """低保动态表: formulas in each row, a total, drop-downs, a print area."""
    return allowance(), Subject.PERSON, {"care": "allowance"}


def living_alone() -> Made:
    """独居老人台账: a row that numbers the columns."""
    made = book(
        "独居老人信息台账",
        ("序号", "老人姓名", "性别", "年龄", "出生日期", "家庭住址", "身体状况", "建档日期", "所属网格", "下次走访日期"),
        subtitle="社区：", numbered=True, rows=6,
    )  # fmt: skip
    return made, Subject.PERSON, {"care": "living_alone"}


def two_subsidies() -> Made:
    """残疾人两补名册: headings over two lines, an example row."""
    return disabled(), Subject.PERSON, {"care": "disability"}


def tenants() -> Made:
    """流动人口登记表: headings alone, no room and no foot."""
    made = book(
        "流动人口登记表",
        ("编号", "姓名", "性别", "公民身份号码", "现居住地址", "楼栋号", "房间号", "入住日期", "房屋状态",
         "与房屋关系", "派出所盖章"),
        foot=False, rows=0,
    )  # fmt: skip
    return made, Subject.PERSON, {"relation": "tenant", "sex": "female"}


def compounds() -> Made:
    """小区基本情况表: groups of headings, one row."""
    sheet = _sheet("小区基本情况表", 11)
    groups = {
        "序号": (), "小区名称": (), "所属社区": (), "建设情况": ("建成年份", "小区类型", "楼栋数"),
        "人口情况": ("总户数", "居住人口", "租户人数"), "物业管理方式": (), "小区地址": (),
    }  # fmt: skip
    width = _spread(sheet, 2, groups)
    _boxed(sheet, 4, 4, width)
    sheet["A5"] = "制表人："
    return sheet.parent, Subject.COMPOUND, {}


def house_heads() -> Made:
    """楼栋长名册: headings over three lines."""
    sheet = _sheet("楼栋长名册", 9)
    for place, text in enumerate(("序号", "街道", "社区", "小区名称"), start=1):
        sheet.cell(2, place, text)
        sheet.merge_cells(start_row=2, end_row=4, start_column=place, end_column=place)
    sheet["E2"] = "楼栋情况"
    sheet.merge_cells("E2:I2")
    sheet["E3"], sheet["G3"] = "基本情况", "楼栋长"
    sheet.merge_cells("E3:F3")
    sheet.merge_cells("G3:I3")
    for place, text in enumerate(("楼栋号", "户数", "楼栋长姓名", "任职时间", "签字"), start=5):
        sheet.cell(4, place, text)
    return sheet.parent, Subject.BUILDING, {"unit": "421102005003-001"}


def property_service() -> Made:
    """物业服务统计表: a line with the unit of money, sums at the foot."""
    sheet = _sheet("物业服务企业服务情况统计表", 9)
    sheet["I2"] = "单位：元/㎡·月"
    headings = (
        "序号",
        "社区",
        "小区",
        "物业服务企业名称",
        "物业费标准",
        "进驻时间",
        "合同到期时间",
        "户数",
        "业委会主任",
    )
    for place, text in enumerate(headings, start=1):
        sheet.cell(3, place, text).font = Font(bold=True)
    _boxed(sheet, 4, 6, len(headings))
    sheet["A7"], sheet["H7"] = "合计", "=SUM(H4:H6)"
    return sheet.parent, Subject.COMPOUND, {}


def members() -> Made:
    """党员花名册: the table begins in the second column."""
    sheet = Workbook().active
    sheet["B1"] = "XX社区党员花名册"
    sheet.merge_cells("B1:K1")
    headings = (
        "序号",
        "姓名",
        "性别",
        "民族",
        "出生日期",
        "党员类别",
        "入党时间",
        "所在党支部",
        "组织关系转入日期",
        "备注",
    )
    for place, text in enumerate(headings, start=2):
        sheet.cell(3, place, text)
    for place, text in enumerate(FOOT):
        sheet.cell(9, 2 + 3 * place, text)
    return sheet.parent, Subject.PERSON, {"members_only": True}


def reported_in() -> Made:
    """在职党员报到统计表: groups, a rate that the form reckons, a total."""
    sheet = _sheet("在职党员到社区报到情况统计表", 8)
    groups = {
        "序号": (), "社区": (), "小区名称": (), "楼栋数": (), "党员情况": ("党员总数", "在职党员数"),
        "报到情况": ("已报到人数", "报到率"),
    }  # fmt: skip
    width = _spread(sheet, 3, groups)
    _boxed(sheet, 5, 7, width)
    for row in (5, 6, 7):
        sheet.cell(row, 8, f"=IF(F{row}=0,0,G{row}/F{row})").number_format = "0%"
    sheet["A8"] = "合计"
    for letter in "EFG":
        sheet[f"{letter}8"] = f"=SUM({letter}5:{letter}7)"
    return sheet.parent, Subject.COMPOUND, {}


def fire_safety() -> Made:
    """消防隐患排查表: drop-downs, places for signatures."""
    sheet = _sheet("消防安全隐患排查整改台账", 12)
    headings = ("序号", "社区", "小区名称", "详细地址", "排查日期", "排查人", "排查内容", "是否存在隐患", "隐患描述",
                "整改措施", "整改情况", "责任人签字")  # fmt: skip
    for place, text in enumerate(headings, start=1):
        sheet.cell(2, place, text)
    _boxed(sheet, 3, 8, len(headings))
    offered = DataValidation(type="list", formula1='"是,否"', allow_blank=True)
    offered.add("H3:H8")
    sheet.add_data_validation(offered)
    sheet["A9"] = "填表人："
    sheet["G9"] = "审核人："
    return sheet.parent, Subject.COMPOUND, {}


def dogs() -> Made:
    """养犬登记表: words in brackets, lines broken in the headings, notes at the foot."""
    sheet = _sheet("居民养犬登记表", 15)
    headings = ("序号", "街道", "社区", "小区", "楼栋", "房号", "犬主姓名", "性别", "身份证号码（18位）",
                "联系电话\n（手机）",
                "家庭住址", "与户主关系", "犬种", "犬只\n数量", "犬证照片粘贴处")  # fmt: skip
    for place, text in enumerate(headings, start=1):
        sheet.cell(2, place, text).alignment = Alignment(wrap_text=True)
    _boxed(sheet, 3, 12, len(headings))
    sheet["A13"] = "说明：一户一犬，凭免疫证登记。"
    return sheet.parent, Subject.PERSON, {"relation": "owner", "min_age": 44, "max_age": 46}


TWELVE: dict[str, Callable[[], Made]] = {
    "高龄津贴花名册": old_age,
    "低保动态表": low_income,
    "独居老人台账": living_alone,
    "残疾人两补名册": two_subsidies,
    "流动人口登记表": tenants,
    "小区基本情况表": compounds,
    "楼栋长名册": house_heads,
    "物业服务统计表": property_service,
    "党员花名册": members,
    "在职党员报到统计表": reported_in,
    "消防隐患排查表": fire_safety,
    "养犬登记表": dogs,
}


def shares(name: str, *, by: User, now: datetime) -> tuple[int, int, int]:
    """Sends one of the twelve, lists its rows and fills it: cells known, cells, and how many are asked for
    once more after somebody answered for every row what the form itself keeps."""
    made, subject, chosen = TWELVE[name]()
    unit = Unit.objects.get(code=COMMUNITY)
    form = blanks.add(unit=unit, name=name, subject=subject, file=upload(made), by=by, now=now)
    rows = filters.Filter(**{"unit": unit.code} | chosen)
    fillings.choose_rows(form=form, chosen=rows, by=by, now=now)
    run = fillings.order(form=form, purpose="上级部门核对名册", by=by, now=now)
    file = FilledFile.objects.get(run=run)
    fillings.make(file_id=file.pk, now=now)
    file.refresh_from_db()
    assert file.state == FileState.READY
    assert file.rows == file.total > 0
    return file.known, file.cells, _asked_again(form, by, now)


def _asked_again(form: BlankForm, by: User, now: datetime) -> int:
    own = list(form.columns.filter(field="", asked=True, computed=False))
    shown = answers.waiting(form=form, most=10_000, by=by, now=now)
    said = {"number": "1"}
    cells = [
        answers.Cell(row, column.pk, said.get(column.kind, "有"))
        for row in shown.lines
        for column in own
    ]
    answers.save(form=form, cells=cells, by=by, now=now)
    again = answers.waiting(form=form, by=by, now=now)
    return sum(
        (row, column.pk) not in again.answers for row in again.lines for column in again.asked.own
    )
