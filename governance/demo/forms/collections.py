"""Forms asked of the demo's communities, one in each state; every step by its use-case."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from governance.data_forms.collections import collections, periodic
from governance.data_forms.enums import Repeats, Subject
from governance.data_forms.fillings.filters import Filter
from governance.data_forms.models import Collection, Submission
from governance.data_forms.submissions import filling, submissions
from governance.demo.places import COMMUNITY, SIBLING
from orgs.models import User
from orgs.values import phones
from residents.models import Person

if TYPE_CHECKING:
    from governance.demo.places import Places

_MONTHLY_DAYS = 5
_WORKERS = ((COMMUNITY, "community"), (SIBLING, "community2"))


def make(places: "Places", accounts: Mapping[str, User], now: datetime) -> None:
    """A monthly form with two rounds, one that is open, one to be admitted, one refused, one withdrawn."""
    demo = _Demo(places, accounts)
    demo.monthly(now)
    demo.open_now(now)
    collections.refuse(
        collection=demo.proposed(
            "垃圾分类知晓率摸底表", ("序号", "姓名", "性别", "是否知晓"), "演示：区级工作群通知",
            "了解居民知晓情况", now - timedelta(days=6), min_age=18,
        ),
        reason="没有法律或文件依据；知晓率请抽样调查，不逐户填表。", by=accounts["street"],
        now=now - timedelta(days=5),
    )  # fmt: skip
    collections.withdraw(
        collection=demo.proposed(
            "小区充电设施统计表", ("序号", "小区名称", "所属社区", "楼栋数", "总户数"),
            "演示：消防安全专项整治方案", "安排充电设施建设", now - timedelta(days=4),
            subject=Subject.COMPOUND, who="dept_housing",
        ),
        reason="改用各小区已有的台账。", by=accounts["dept_housing"], now=now - timedelta(days=3),
    )  # fmt: skip
    demo.proposed(
        "出租房屋登记表", ("序号", "姓名", "性别", "身份证号", "现居住地址", "入住日期", "联系电话"),
        "演示：住房租赁条例", "核对租赁备案", now - timedelta(days=1), relation="tenant",
        who="dept_housing",
    )  # fmt: skip


class _Demo:
    def __init__(self, places: "Places", accounts: Mapping[str, User]) -> None:
        self.places, self.accounts = places, accounts

    def proposed(
        self, name: str, headings: Sequence[str], basis: str, purpose: str, now: datetime,
        *, subject: Subject = Subject.PERSON, repeats: Repeats = Repeats.ONCE, who: str = "demo-civil",
        **listed: Any,
    ) -> Collection:  # fmt: skip
        """A department's form that waits for the street."""
        return collections.propose(
            street=self.places.street, communities=[self.places.units[code] for code, _who in _WORKERS],
            name=name, subject=subject, file=_blank(name, headings), listed=Filter(**listed),
            legal_basis=basis, purpose=purpose, repeats=repeats,
            due_on=timezone.localdate(now) + timedelta(days=_MONTHLY_DAYS), by=self.accounts[who],
            now=now,
        )  # fmt: skip

    def admitted(
        self, collection: Collection, now: datetime, days: int = _MONTHLY_DAYS
    ) -> Collection:
        collection = collections.admit(
            collection=collection, days=days, text="依据明确，台账里已有大部分内容。",
            by=self.accounts["street"], now=now,
        )  # fmt: skip
        self.fill(collection, now)
        return collection

    def fill(self, collection: Collection, now: datetime) -> None:
        for one in collection.submissions.all():
            filling.fill(key=one.pk, now=now)

    def sign(self, collection: Collection, now: datetime, minutes: Mapping[str, int]) -> None:
        for code, who in _WORKERS:
            if who in minutes:
                submissions.sign(
                    submission=self.part(collection, code), minutes=minutes[who],
                    by=self.accounts[who], now=now,
                )  # fmt: skip

    def part(self, collection: Collection, code: str) -> Submission:
        rows = Submission.objects.select_related("unit", "collection__form", "collection__entry")
        return rows.get(collection=collection, unit=self.places.units[code])

    def monthly(self, now: datetime) -> None:
        """Old people by the month: the first time delivered, this month's round with what changed."""
        local = timezone.localtime(now)
        begun = local.replace(day=1, hour=9) - timedelta(days=20)
        collection = self.admitted(
            self.proposed(
                "高龄住户动态月报",
                ("序号", "姓名", "性别", "年龄", "身份证号", "现住址", "联系电话", "本月身体变化"),
                "演示：老旧小区改造实施办法第七条", "安排加装电梯和适老化改造", begun, min_age=85,
                who="dept_housing",
                repeats=Repeats.MONTH,
            ),
            begun,
        )  # fmt: skip
        self.sign(collection, begun + timedelta(days=2), {"community": 25, "community2": 10})
        collections.deliver(
            collection=collection, by=self.accounts["street"], now=begun + timedelta(days=3)
        )
        # Since then somebody got another number, which the next round shows in colour.
        old = Person.objects.filter(
            pk__in=self.part(collection, COMMUNITY).lines.values("person")
        ).order_by("pk")
        for number, person in enumerate(old[:2]):
            person.phone = f"1390000{number:04}"
            person.phone_index = phones.index(person.phone)
            person.save(update_fields=["phone", "phone_index"])
        periodic.ask_due(now)
        for row in Collection.objects.filter(entry=collection.entry).exclude(period=""):
            self.fill(row, now)

    def open_now(self, now: datetime) -> None:
        """The newest of all, of which one community has signed off and the other got a row back."""
        begun = now - timedelta(days=2)
        collection = self.admitted(
            self.proposed(
                "党员信息核对表",
                ("序号", "姓名", "性别", "党员类别", "入党时间", "所在党支部", "联系电话"),
                "演示：党内统计工作要求", "核对党员信息库", begun, members_only=True,
            ),
            begun,
        )  # fmt: skip
        self.sign(collection, begun + timedelta(days=1), {"community": 8})
        if (own := self.part(collection, COMMUNITY)).lines.exists():
            submissions.send_back(
                submission=own, rows=[1], reason="入党时间与党员证不一致，请核对。",
                by=self.accounts["street"], now=now - timedelta(hours=3),
            )  # fmt: skip


def _blank(name: str, headings: Sequence[str]) -> SimpleUploadedFile:
    """A blank form as a department would send it."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, Side

    book, side = Workbook(), Side(style="thin")
    sheet: Any = book.active
    sheet.append([name])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(headings))
    sheet["A1"].font, sheet["A1"].alignment = Font(size=18), Alignment(horizontal="center")
    sheet.append(list(headings))
    for row in (2, 3):
        for column in range(1, len(headings) + 1):
            sheet.cell(row, column).border = Border(left=side, right=side, top=side, bottom=side)
    sheet["A4"], sheet["C4"] = "填表人：", "审核人："
    out = BytesIO()
    book.save(out)
    return SimpleUploadedFile(f"{name}.xlsx", out.getvalue())
