"""What speaks of the rows of a form follows when rows are added: formulas, names, formats, lists, tables."""

from io import BytesIO

from openpyxl import Workbook, load_workbook
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.table import Table

from governance.data_forms.workbooks.room import Growth, make_room, moved
from tests import factories as make
from tests.governance.data_forms.blank_workbooks import book, content
from tests.governance.data_forms.form_factories import blank, filled, sheet_of

RED = PatternFill("solid", bgColor="FFC7CE")
GROWTH = Growth("花名册", first=3, last=5, added=10)


def form() -> Workbook:
    """Rows 3 to 5 of data, a total in row 6; a second sheet that counts over them."""
    made = book("花名册", ("序号", "姓名", "年龄", "备注"), foot=False)
    sheet = made.active
    sheet.title = "花名册"
    sheet["A6"], sheet["C6"] = "合计", "=SUM(C3:C5)"
    sheet["D6"] = '=COUNTIF(C3:C5,">80")&"共C3:C5人"'
    sheet["A7"] = "填表人："
    sheet.conditional_formatting.add("C3:C5", CellIsRule("greaterThan", ["90"], fill=RED))
    sheet.conditional_formatting.add("A3:D5", FormulaRule(["$C3>$C$6"], fill=RED))
    sheet.conditional_formatting.add("C6", FormulaRule(["SUM($C$3:$C$5)>0"], fill=RED))
    summary = made.create_sheet("汇总 表")
    summary["A1"], summary["B1"] = "人数", "=COUNTA(花名册!B3:B5)"
    summary["B2"] = "='花名册'!C6"
    summary["B3"] = "=SUM(B1:B2)"
    summary.conditional_formatting.add("B1:B3", FormulaRule(["花名册!$C$6>5"], fill=RED))
    made.defined_names["人员"] = DefinedName("人员", attr_text="花名册!$A$3:$D$5")
    return made


def test_formulas_of_all_sheets_go_on_over_the_new_rows():
    made = form()
    make_room(made, made["花名册"], GROWTH)
    sheet, summary = made["花名册"], made["汇总 表"]
    assert [sheet["C16"].value, sheet["D16"].value] == [
        "=SUM(C3:C15)", '=COUNTIF(C3:C15,">80")&"共C3:C5人"',
    ]  # fmt: skip
    assert [summary[f"B{row}"].value for row in (1, 2, 3)] == [
        "=COUNTA(花名册!B3:B15)", "='花名册'!C16", "=SUM(B1:B2)",
    ]  # fmt: skip
    assert made.defined_names["人员"].attr_text == "花名册!$A$3:$D$15"


def test_conditional_formats_follow():
    made = form()
    make_room(made, made["花名册"], GROWTH)
    formats = {
        str(area.sqref): [rule.formula for rule in area.rules]
        for area in made["花名册"].conditional_formatting
    }
    assert formats == {
        "C3:C15": [["90"]], "A3:D15": [["$C3>$C$16"]], "C16": [["SUM($C$3:$C$15)>0"]],
    }  # fmt: skip
    [other] = made["汇总 表"].conditional_formatting
    assert (str(other.sqref), other.rules[0].formula) == ("B1:B3", ["花名册!$C$16>5"])


def test_a_format_of_the_only_row_goes_on():
    made = form()
    sheet = made["花名册"]
    sheet.conditional_formatting.add("D5", CellIsRule("equal", ["1"], fill=RED))
    one = DataValidation(type="list", formula1="$F$8:$F$9", allow_blank=True)
    one.add("D5")
    sheet.add_data_validation(one)
    other = DataValidation(type="list", formula1="花名册!$F$8:$F$9", allow_blank=True)
    other.add("A1")
    made["汇总 表"].add_data_validation(other)
    make_room(made, sheet, GROWTH)
    assert "D5:D15" in {str(area.sqref) for area in sheet.conditional_formatting}
    assert (str(one.sqref), one.formula1) == ("D5:D15", "$F$18:$F$19")
    assert (str(other.sqref), other.formula1) == ("A1", "花名册!$F$18:$F$19")


def test_filters_tables_breaks_links_and_the_print_area_follow():
    made = form()
    sheet = made["花名册"]
    sheet.auto_filter.ref = "A2:D5"
    sheet.add_table(Table(displayName="人", ref="A2:D5"))
    sheet.row_breaks.append(Break(id=7))
    sheet.print_area = "A1:D7"
    sheet["A7"].hyperlink = "#A1"
    make_room(made, sheet, GROWTH)
    assert (sheet.auto_filter.ref, sheet.tables["人"].ref) == ("A2:D15", "A2:D15")
    assert [line.id for line in sheet.row_breaks.brk] == [17]
    assert sheet.print_area == "'花名册'!$A$1:$D$17"
    assert sheet["A17"].hyperlink.ref == "A17"
    again = load_workbook(BytesIO(content(made)))
    assert again["花名册"]["C16"].value == "=SUM(C3:C15)"


def test_a_formula_of_a_row_moves_with_its_row_alone():
    assert moved("=C3*$C$6+参数!B1", 4) == "=C7*$C$6+参数!B1"


def test_a_filled_form_adds_up_on_every_sheet(cast):
    for number in range(5):
        person = make.resident(
            cast.building, name=f"老人{number}", id_number=make.id_number("19400101")
        )
        make.belonging(person, make.household(cast.building))
    file = filled(cast, blank(cast, form()))
    sheet = sheet_of(cast, file)
    assert [sheet.cell(row, 2).value for row in (3, 7)] == ["老人0", "老人4"]
    assert sheet["C8"].value == "=SUM(C3:C7)"
    assert sheet.parent["汇总 表"]["B1"].value == "=COUNTA(花名册!B3:B7)"
    assert {str(area.sqref) for area in sheet.conditional_formatting} == {"C3:C7", "A3:D7", "C8"}
