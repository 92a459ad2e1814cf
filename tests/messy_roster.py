"""A messy, real-looking pair of workbooks: 1,500 households and 4,000 invented people.

What a community sends in life: title rows, merged cells, columns in their own order, full-width digits,
days as Excel's numbers, ID numbers that Excel has rounded, blank lines, headings once more on each
printed page, a foot with sums. `wrong` are the cells that nobody but a person can put right.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from openpyxl import Workbook

from residents.roll.values import id_numbers

HOUSEHOLDS, PEOPLE = 1500, 4000
COMPOUND = "翡翠一品小区"
BUILDINGS, ENTRANCES, FLOORS, ROOMS = 10, 2, 25, 3
ROOM_HEADINGS = ("序号", "房屋状态", "面积（㎡）", "房 号", "单元号", "楼号", "小区名称", "备注")
PEOPLE_HEADINGS = (
    "序号", "登记日期", "姓名*", "居民电话", "联系电话（必填）", "公民身份号码", "性别", "年龄", "与业主关系",
    "小区", "楼栋单元", "房间号", "民族", "车牌号",
)  # fmt: skip
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
# Who lives in a home, by the home's number; eight people in three homes.
FAMILIES = (("业主", "配偶", "子女"), ("业主", "妻子", "父亲"), ("业主", "租客"))


@dataclass
class Mess:
    """A workbook, its faults that are named (row, column key), and the same with them put right."""

    content: bytes = b""
    corrected: bytes = b""
    wrong: set[tuple[int, str]] = field(default_factory=set)


@dataclass(frozen=True)
class Home:
    """One of the homes, by its number."""

    number: int

    @property
    def building(self) -> int:
        return self.number // (ENTRANCES * FLOORS * ROOMS) + 1

    @property
    def entrance(self) -> int:
        return self.number // (FLOORS * ROOMS) % ENTRANCES + 1

    @property
    def room(self) -> str:
        return f"{self.number // ROOMS % FLOORS + 1}{self.number % ROOMS + 1:02}"


def building_names() -> list[str]:
    return [f"{number}栋" for number in range(1, BUILDINGS + 1)]


def households(compound: str = COMPOUND, homes: int = HOUSEHOLDS) -> Mess:
    """The rooms, in a workbook of their own."""
    mess, title = Mess(), f"{compound}房屋台账"
    wrong, right = _rooms(mess, compound, homes), _rooms(None, compound, homes)
    mess.content = _book(title, ROOM_HEADINGS, wrong)
    mess.corrected = _book(title, ROOM_HEADINGS, right)
    return mess


def people(compound: str = COMPOUND, homes: int = HOUSEHOLDS) -> Mess:
    """Who lives there."""
    mess, title = Mess(), f"{compound}居民信息登记表"
    wrong, right = _people(mess, compound, homes), _people(None, compound, homes)
    mess.content = _book(title, PEOPLE_HEADINGS, wrong)
    mess.corrected = _book(title, PEOPLE_HEADINGS, right)
    return mess


def people_later(compound: str = COMPOUND, homes: int = HOUSEHOLDS) -> Mess:
    """The same people in a later list without ID numbers: every twentieth has another telephone.

    Whether these are the same people only somebody who knows them can say: `wrong` are their rows.
    """
    mess, title = Mess(), f"{compound}居民信息更新表"
    mess.content = mess.corrected = _book(title, PEOPLE_HEADINGS, _later(mess, compound, homes))
    return mess


def _rooms(mess: Mess | None, compound: str, homes: int) -> Iterator[tuple[Any, ...]]:
    lines = _Lines(ROOM_HEADINGS)
    for number in range(homes):
        home, row = Home(number), lines.next_row
        area: Any = (89.5, "120.35㎡", " 76.2 平方米", "１０１．５")[number % 4]
        state: Any = ("自住", "出租 ", "空置", "常住")[number % 4]
        if mess and number % 301 == 7:
            area = "八十九"
            mess.wrong.add((row, "area"))
        if mess and number % 401 == 9:
            state = "有人"
            mess.wrong.add((row, "state"))
        room = (home.room, f"{home.room}室", int(home.room), _wide(home.room))[number % 4]
        entrance = (home.entrance, f"{home.entrance}单元", f" {home.entrance} ")[number % 3]
        building = (f"{home.building}栋", f"{home.building}号楼", f"{home.building}幢 ")[number % 3]
        cells = (number + 1, state, area, room, entrance, building, f"{compound} ", None)
        yield from lines.with_noise(cells)


def _people(mess: Mess | None, compound: str, homes: int) -> Iterator[tuple[Any, ...]]:
    lines, places = _Lines(PEOPLE_HEADINGS), list(_places(homes))
    for order, (number, place) in enumerate(places):
        row = lines.next_row
        cells = _person(order, Home(number), FAMILIES[number % 3][place], compound)
        # Owners stay right: whose owner is missing has children without guardians.
        if mess and place == 1:
            cells = _spoilt(cells, order, row, mess)
        yield from lines.with_noise(tuple(cells))
    yield ("合计", None, f"{len(places)}人")
    yield ("填表人：陈社工",)


def _later(mess: Mess, compound: str, homes: int) -> Iterator[tuple[Any, ...]]:
    lines = _Lines(PEOPLE_HEADINGS)
    for order, (number, place) in enumerate(_places(homes)):
        row = lines.next_row
        cells = _person(order, Home(number), FAMILIES[number % 3][place], compound)
        cells[5] = None
        if order % 20 == 0:
            cells[4] = f"138{order:08}"
            mess.wrong.add((row, "name"))
        yield from lines.with_noise(tuple(cells))


def _places(homes: int) -> Iterator[tuple[int, int]]:
    """Home and place in its family, of everybody."""
    for number in range(homes):
        for place in range(len(FAMILIES[number % 3])):
            yield number, place


def _person(order: int, home: Home, relation: str, compound: str) -> list[Any]:
    number = _id_number(order, child=relation == "子女")
    name = SURNAMES[order % 10] + GIVEN[order % 20] + GIVEN[order // 20 % 20]
    day = date(2026, 1, 1) + timedelta(days=order % 60)
    # Families share the telephone of their owner.
    phone = f"139{home.number:08}"
    return [
        order + 1,
        (day, (day - date(1899, 12, 30)).days, f"{day:%Y年%m月%d日}", f"{day:%Y.%m.%d} ")[
            order % 4
        ],
        (name, f"{name} ", f" {name}")[order % 3],
        None,
        (phone, int(phone), _wide(phone), f"{phone[:3]} {phone[3:7]} {phone[7:]}")[order % 4],
        (number, number.lower(), f"{number} ", _wide(number), "4211**********1234")[order % 5],
        "男" if int(number[16]) % 2 and order % 5 < 4 else None,
        None,
        relation,
        compound,
        (f"{home.building}栋{home.entrance}单元", f"{home.building}-{home.entrance}")[order % 2],
        (home.room, f"{home.room}室", _wide(home.room))[order % 3],
        "汉族",
        "鄂J12345" if order % 9 == 0 else None,
    ]


def _spoilt(cells: list[Any], order: int, row: int, mess: Mess) -> list[Any]:
    """One of the faults that only a person can put right, in every few rows."""
    faults: dict[int, tuple[int, Any, str]] = {
        7: (5, 4.21102198001e17, "id_number"),
        23: (5, "421102198001010011", "id_number"),
        31: (4, "1390000", "phone"),
        43: (10, "99栋1单元", "building"),
        57: (8, "亲戚朋友", "relation"),
        71: (2, None, "name"),
        89: (1, "去年", "starts"),
    }
    if order % 97 in faults:
        place, value, column = faults[order % 97]
        cells[place] = value
        mess.wrong.add((row, column))
    return cells


def _id_number(order: int, *, child: bool) -> str:
    start, days = (date(2016, 1, 1), 3000) if child else (date(1950, 1, 1), 18_000)
    born = start + timedelta(days=order * 5 % days)
    first = f"4211{order // 1000:02}{born:%Y%m%d}{order % 1000:03}"
    return first + id_numbers.check_digit(first)


def _wide(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if one.isdigit() else one for one in text)


class _Lines:
    """Rows of a sheet with what stands between them; `next_row` counts as Excel does."""

    def __init__(self, headings: tuple[str, ...]) -> None:
        self.headings, self.written, self.next_row = headings, 0, 4

    def with_noise(self, cells: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        yield cells
        self.written += 1
        noise: list[tuple[Any, ...]] = []
        if self.written % 40 == 0:
            noise.append((None,) * len(self.headings))
        if self.written % 500 == 0:
            noise.append(self.headings)
        yield from noise
        self.next_row += 1 + len(noise)


def _book(title: str, headings: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> bytes:
    made = Workbook()
    sheet = made.active
    sheet.append([title])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(headings))
    sheet.append(["填报单位：西湖社区居民委员会"])
    sheet.append(headings)
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
