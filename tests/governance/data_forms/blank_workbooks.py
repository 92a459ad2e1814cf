"""Blank forms of the kinds that communities are sent, each laid out differently; made for the tests."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation

from governance.data_forms.enums import Subject

FOOT = ("填表人：", "审核人：", "日期：")
TITLE = Font(name="方正小标宋简体", size=20)
THIN = Side(style="thin")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
YELLOW = PatternFill("solid", fgColor="FFF2CC")


def content(book: Any) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def book(
    title: str,
    headings: Sequence[str],
    *,
    rows: int = 3,
    subtitle: str = "",
    foot: bool = True,
    numbered: bool = False,
) -> Any:
    """One line of headings below a merged title; `rows` empty rows, then the foot."""
    made = Workbook()
    sheet = made.active
    sheet.title = "Sheet1"
    sheet.append([title])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(headings))
    sheet["A1"].font = TITLE
    sheet["A1"].alignment = Alignment(horizontal="center")
    if subtitle:
        sheet.append([subtitle])
    sheet.append(list(headings))
    for cell in sheet[sheet.max_row]:
        cell.border, cell.fill = BOX, YELLOW
    if numbered:
        sheet.append([str(place) for place in range(1, len(headings) + 1)])
    first = sheet.max_row + 1
    for row in range(first, first + rows):
        for column in range(1, len(headings) + 1):
            sheet.cell(row, column).border = BOX
        sheet.row_dimensions[row].height = 24
    if foot:
        for place, text in enumerate(FOOT):
            sheet.cell(first + rows, 1 + 2 * place, text)
    return made


def disabled() -> Any:
    """残疾人两补名册: headings over two lines, merged across and down; an example row."""
    made = Workbook()
    sheet = made.active
    sheet["A1"] = "困难残疾人生活补贴和重度残疾人护理补贴名册"
    sheet.merge_cells("A1:I1")
    sheet["A2"], sheet["F2"] = "填报单位：", "填报日期："
    for place, text in enumerate(("序号", "姓名", "性别", "身份证号码"), start=1):
        sheet.cell(3, place, text)
        sheet.merge_cells(start_row=3, end_row=4, start_column=place, end_column=place)
    sheet["E3"], sheet["G3"] = "残疾情况", "监护人"
    sheet.merge_cells("E3:F3")
    sheet.merge_cells("G3:H3")
    for place, text in enumerate(("残疾类别", "残疾等级", "监护人姓名", "监护人电话"), start=5):
        sheet.cell(4, place, text)
    sheet["I3"] = "是否享受补贴"
    sheet.merge_cells("I3:I4")
    sheet["A5"], sheet["B5"] = "示例", "张三"
    sheet["A8"] = "审核人："
    return made


def allowance() -> Any:
    """低保动态表: a total below the rows, a formula in each row, a drop-down, a print area."""
    made = book(
        "最低生活保障对象动态表",
        (
            "序号",
            "户主姓名",
            "性别",
            "家庭人口",
            "低保类型",
            "月保障金额",
            "年保障金额",
            "困难原因",
        ),
        foot=False,
    )
    sheet = made.active
    for row in (3, 4, 5):
        sheet.cell(row, 7, f"=F{row}*12")
    sheet["A6"] = "合计"
    sheet["F6"], sheet["G6"] = "=SUM(F3:F5)", "=SUM(G3:G5)"
    sheet["F6"].font = Font(bold=True)
    sheet["A7"] = "填表人："
    sheet.merge_cells("A7:H7")
    offered = DataValidation(type="list", formula1='"男,女"', allow_blank=True)
    offered.add("C3:C5")
    sheet.add_data_validation(offered)
    sheet.print_area = "A1:H7"
    sheet.column_dimensions["H"].width = 40
    return made


def house_heads() -> Any:
    """楼栋长名册: headings over three lines."""
    made = Workbook()
    sheet = made.active
    sheet["A1"] = "楼栋长名册"
    sheet.merge_cells("A1:G1")
    for place, text in ((1, "序号"), (2, "社区"), (3, "小区名称")):
        sheet.cell(2, place, text)
        sheet.merge_cells(start_row=2, end_row=4, start_column=place, end_column=place)
    sheet["D2"] = "楼栋情况"
    sheet.merge_cells("D2:G2")
    sheet["D3"], sheet["F3"] = "基本情况", "楼栋长"
    sheet.merge_cells("D3:E3")
    sheet.merge_cells("F3:G3")
    sheet["D4"], sheet["E4"], sheet["F4"], sheet["G4"] = "楼栋号", "户数", "楼栋长姓名", "任职时间"
    return made


# By name: the workbook, what a row is about, and whom it lists.
FORMS: dict[str, tuple[Any, Subject, dict[str, Any]]] = {
    "高龄津贴花名册": (
        lambda: book("高龄津贴花名册", ("序号", "姓名", "性别", "年龄", "身份证号", "现住址", "联系电话")),
        Subject.PERSON, {"min_age": 80},
    ),
    "低保动态表": (allowance, Subject.PERSON, {"care": "allowance"}),
    "独居老人台账": (
        lambda: book(
            "独居老人台账", ("序号", "老人姓名", "出生年月", "家庭住址", "身体状况", "建档日期", "所属网格"),
            subtitle="填报单位：        年  月  日", numbered=True,
        ),
        Subject.PERSON, {"care": "living_alone"},
    ),
    "残疾人两补名册": (disabled, Subject.PERSON, {"care": "disability"}),
    "流动人口登记表": (
        lambda: book(
            "流动人口登记表", ("编号", "姓名", "性别", "公民身份号码", "现居住地址", "入住日期", "手机号码"),
            foot=False, rows=0,
        ),
        Subject.PERSON, {"relation": "tenant"},
    ),
    "小区基本情况表": (
        lambda: book(
            "小区基本情况表", ("序号", "小区名称", "所属社区", "楼栋数", "总户数", "居住人口", "建成年份",
                        "小区类型"), rows=1,
        ),
        Subject.COMPOUND, {},
    ),
    "楼栋长名册": (house_heads, Subject.BUILDING, {}),
    "物业服务统计表": (
        lambda: book(
            "物业服务统计表", ("序号", "小区", "物业服务企业名称", "物业费标准", "合同到期时间", "户数"), rows=2,
            numbered=True,
        ),
        Subject.COMPOUND, {},
    ),
    "党员花名册": (
        lambda: book("党员花名册", ("序号", "姓名", "性别", "党员类别", "入党时间", "所在党支部", "组织关系转入日期")),
        Subject.PERSON, {"members_only": True},
    ),
    "房屋情况登记表": (
        lambda: book("房屋情况登记表", ("序号", "楼栋", "房号", "建筑面积", "居住状态", "居住人数"), rows=2),
        Subject.HOUSEHOLD, {},
    ),
    "社区基本情况表": (
        lambda: book("社区基本情况表", ("社区名称", "街道", "小区数", "楼栋总数", "总户数", "总人口"), rows=1),
        Subject.COMMUNITY, {},
    ),
}  # fmt: skip
