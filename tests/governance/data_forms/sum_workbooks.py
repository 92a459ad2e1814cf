"""Forms that hold numbers, laid out as communities are sent them; made for the tests."""

from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font


def ages() -> Any:
    """老龄人口统计表: rows by age, columns by sex and roster, a total row by formulas and one by hand."""
    made = Workbook()
    sheet = made.active
    sheet.title = "Sheet1"
    sheet["A1"] = "老龄人口情况统计表"
    sheet.merge_cells("A1:F1")
    sheet["A1"].font = Font(name="方正小标宋简体", size=20)
    for place, text in enumerate(
        ("年龄段", "合计", "男", "女", "其中：独居", "备用金（元）"), start=1
    ):
        sheet.cell(2, place, text)
    for row, text in enumerate(("60-69岁", "70-79岁", "80岁及以上", "合计"), start=3):
        sheet.cell(row, 1, text)
    sheet["C6"], sheet["D6"] = "=SUM(C3:C5)", "=SUM(D3:D5)"
    sheet["A7"], sheet["D7"] = "填表人：", "审核人："
    return made


def pairs() -> Any:
    """社区基本数据表: words with an empty cell to the right."""
    made = Workbook()
    sheet = made.active
    sheet["A1"] = "社区基本数据采集表"
    sheet.merge_cells("A1:F1")
    for row, words in enumerate(
        (("小区数", "楼栋数", "总户数"), ("常住人口", "其中：80岁以上老人", "流动人口"),
         ("党员", "低保户", "辖区餐饮店数")),
        start=2,
    ):  # fmt: skip
        for place, text in enumerate(words):
            sheet.cell(row, 1 + 2 * place, text)
            sheet.cell(row, 2 + 2 * place).font = Font(bold=True)
    sheet["A5"] = "填报人："
    return made


def communities() -> Any:
    """各社区情况汇总表: a row for each community by its name, headings over two lines."""
    made = Workbook()
    sheet = made.active
    sheet["A1"] = "各社区人口情况汇总表"
    sheet.merge_cells("A1:F1")
    sheet["A2"], sheet["B2"], sheet["C2"], sheet["D2"], sheet["F2"] = (
        "序号",
        "社区",
        "合计",
        "性别",
        "户数",
    )
    sheet["D3"], sheet["E3"] = "男", "女"
    for place in "ABCF":
        sheet.merge_cells(f"{place}2:{place}3")
    sheet.merge_cells("D2:E2")
    sheet["A4"], sheet["B4"] = 1, "西湖社区"
    sheet["A5"], sheet["B5"] = 2, "新桥社区"
    sheet["B6"] = "合计"
    return made


def per_community() -> Any:
    """在职党员报到统计表: empty rows for communities, with columns that count."""
    made = Workbook()
    sheet = made.active
    sheet["A1"] = "在职党员报到统计表"
    sheet.merge_cells("A1:F1")
    for place, text in enumerate(
        ("序号", "社区名称", "党员人数", "其中：在职党员", "80岁以上老人数", "备注"), start=1
    ):
        sheet.cell(2, place, text)
    return made
