"""The roll of 翡翠一品小区: 1,500 households and about 4,000 invented people.

Nobody is real: ID numbers carry regions (421190 to 421199) that were never given out, telephone
numbers are from one block, names are put together by chance.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone

from governance.demo.places import EMERALD, Places
from orgs.models import Unit, User
from residents.enums import AreaSource, HouseholdState, Marital, Relation, SensitiveUse
from residents.models import Belonging, Household, Person
from residents.privacy import consents, impact_assessments
from residents.roll import guardians, people
from residents.roll.households import code_of
from residents.roll.values import id_numbers

REGION = 421190
PHONES = 13_900_100_000
ENTRANCES, ROOMS = 2, 3
# Twelve buildings of 18 floors and two of 17: 1,500 households.
FLOORS = {13: 17, 14: 17}
USUAL_FLOORS = 18
AREAS = (8950, 11230, 13475)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
GIVEN = "建国秀英志强丽华文斌晓梅国庆玉兰海涛雪琴子轩雨桐浩然欣怡宇航思源一鸣若曦明远静怡俊杰梦洁春生桂芳"
STATES = (
    *[HouseholdState.LIVED_IN] * 68, *[HouseholdState.LET] * 17, *[HouseholdState.EMPTY] * 9,
    *[HouseholdState.UNDELIVERED] * 3, *[HouseholdState.UNSOLD] * 3,
)  # fmt: skip
JOBS = ("在职", "退休", "个体经营", "务农", "待业", "在校学生")
NOTICE_ZH = (
    "这是演示用的个人信息告知书。演示街道办事处收集您的姓名、手机号和住址，用来受理上报、核实住户身份和组织小区"
    "表决；依据和保存期限见“个人信息用途”页面。您可以随时查看、更正、下载自己的信息，也可以撤回同意或申请删除。"
)
NOTICE_EN = (
    "This is the privacy notice of the demonstration. The street office keeps your name, mobile number "
    "and address to handle reports, to verify households and to hold votes; the page on personal data "
    "names purposes, legal bases and terms. You may look at, correct and download your data, withdraw "
    "your consent or ask for deletion at any time."
)
ASSESSMENTS = {
    SensitiveUse.CLAIM: "目的：核实认领人身份。必要性：姓名重名多，身份证号和证明材料只在核对时使用，可不填。"
    "影响：泄露会危及财产安全。"
    "措施：加密保存、打码显示、处理完即删号码、材料满 90 天删除、查看留痕。结论：可以收集，须单独同意。（演示）",
    SensitiveUse.OWN: "目的：居民自己补正台账。必要性：可不填，不影响任何服务。影响：涉及身份、婚姻、民族等敏感信息。"
    "措施：加密或打码、仅限本社区、撤回同意即清空。结论：可以收集，须单独同意。（演示）",
}
# Demo accounts at home: the building's number, entrance and room, and how they belong.
AT_HOME = (
    ("owner", 5, "1", "501", Relation.OWNER),
    ("owner2", 2, "1", "302", Relation.OWNER),
    ("owner2", 2, "1", "303", Relation.OWNER),
    ("owner2", 7, "2", "1101", Relation.OWNER),
    ("tenant", 9, "2", "801", Relation.TENANT),
    ("member", 3, "1", "601", Relation.OWNER),
    ("member2", 8, "2", "902", Relation.OWNER),
    ("volunteer", 11, "1", "1203", Relation.FAMILY),
    ("committee", 6, "2", "1002", Relation.OWNER),
    ("secretary", 4, "1", "702", Relation.OWNER),
)


@dataclass
class _Draft:
    """What is put together before it is written in three statements."""

    random: Random
    today: date
    now: datetime
    verifier: User
    people: list[Person] = field(default_factory=list)
    belongings: list[Belonging] = field(default_factory=list)

    def person(self, place: Unit, age: int, surname: str = "", **more: object) -> Person:
        """Somebody of an age, with numbers of nobody."""
        number = len(self.people)
        born = self.today - timedelta(days=age * 365 + self.random.randrange(365))
        first = f"{REGION + number // 1000}{born:%Y%m%d}{number % 1000:03}"
        name = (surname or self.random.choice(SURNAMES)) + self.random.choice(GIVEN)
        if self.random.random() < 0.6:
            name += self.random.choice(GIVEN)
        details = people.checked(
            name=name,
            id_number=first + id_numbers.check_digit(first),
            phone=str(PHONES + number) if age >= 12 else "",
            employment=self._job(age),
            marital=Marital.MARRIED if age >= 30 else Marital.SINGLE,
            ethnicity="汉族",
        )
        person = Person(place=place, entered_at=self.now, **details.columns(), **more)
        self.people.append(person)
        return person

    def belong(self, person: Person, household: Household, relation: Relation, **more: int) -> None:
        since = self.today - timedelta(days=self.random.randrange(200, 4000))
        belonging = Belonging(
            person=person, household=household, relation=relation, starts=since, **more
        )
        if self.random.random() < 0.9:
            belonging.verified_by, belonging.verified_at = self.verifier, self.now
        self.belongings.append(belonging)

    def _job(self, age: int) -> str:
        if age < 7:
            return ""
        if age < 22:
            return JOBS[5]
        return JOBS[1] if age >= 60 else self.random.choice((JOBS[0], JOBS[0], *JOBS[2:5]))


def make(places: Places, accounts: dict[str, User], now: datetime, random: Random) -> None:
    """All households, people and how they belong, in a few statements."""
    draft = _Draft(random, timezone.localdate(now), now, accounts["community"])
    buildings = dict(enumerate(places.buildings(EMERALD), 1))
    households = {
        (number, household.entrance, household.room): household
        for number, building in buildings.items()
        for household in _rooms(building, FLOORS.get(number, USUAL_FLOORS), random)
    }
    residents: dict[str, Person] = {}
    for username, number, entrance, room, relation in AT_HOME:
        _settle(draft, households[number, entrance, room], accounts[username], relation, residents)
    Household.objects.bulk_create(households.values(), batch_size=500)
    placed = {belonging.household.code for belonging in draft.belongings}
    for household in households.values():
        if household.code not in placed:
            _fill(draft, household)
    adults = [person for person in draft.people if person.guardian is None]
    Person.objects.bulk_create(adults, batch_size=500)
    Person.objects.bulk_create(
        [person for person in draft.people if person.guardian is not None], batch_size=500
    )
    Belonging.objects.bulk_create(draft.belongings, batch_size=500)
    consents.publish(text_zh=NOTICE_ZH, text_en=NOTICE_EN, by=accounts["admin"], now=now)
    for use, text in ASSESSMENTS.items():
        impact_assessments.record(use=use, text=text, by=accounts["admin"], now=now)


def _rooms(building: Unit, floors: int, random: Random) -> list[Household]:
    return [
        Household(
            building=building,
            entrance=str(entrance),
            floor=floor,
            room=(room := f"{floor}{number:02}"),
            code=code_of(building.code, str(entrance), room),
            area=AREAS[number - 1],
            area_source=random.choice((AreaSource.REGISTER, AreaSource.REGISTER, AreaSource.CONTRACT)),
            state=HouseholdState.SHOP
            if floor == 1 and random.random() < 0.2
            else random.choice(STATES),
        )
        for entrance in range(1, ENTRANCES + 1)
        for floor in range(1, floors + 1)
        for number in range(1, ROOMS + 1)
    ]  # fmt: skip


def _settle(
    draft: _Draft,
    household: Household,
    account: User,
    relation: Relation,
    residents: dict[str, Person],
) -> None:
    """A demo account in its flat, with an owner beside it where it is none."""
    household.state = HouseholdState.LET if relation == Relation.TENANT else HouseholdState.LIVED_IN
    person = residents.get(account.username)
    if person is None:
        person = draft.person(household.building, draft.random.randint(32, 58), account=account)
        person.name = account.name
        for key, value in people.checked(name=account.name, phone=account.phone).columns().items():
            setattr(person, key, value)
        residents[account.username] = person
    if relation != Relation.OWNER:
        draft.belong(draft.person(household.building, 55), household, Relation.OWNER)
    draft.belong(person, household, relation)


def _fill(draft: _Draft, household: Household) -> None:
    """The people of a flat, by its state."""
    random, place = draft.random, household.building
    if household.state == HouseholdState.UNSOLD:
        return
    age = random.randint(28, 78)
    owner = draft.person(place, age)
    couple = random.random() < 0.62
    share = {"share_part": 1, "share_whole": 2} if couple else {}
    draft.belong(owner, household, Relation.OWNER, **share)
    if couple:
        partner = draft.person(place, max(24, age + random.randint(-4, 4)))
        draft.belong(partner, household, Relation.CO_OWNER, **share)
    if household.state == HouseholdState.LET:
        for _tenant in range(random.randint(1, 3)):
            draft.belong(draft.person(place, random.randint(20, 45)), household, Relation.TENANT)
    elif household.state == HouseholdState.LIVED_IN:
        _family(draft, household, owner, age)


def _family(draft: _Draft, household: Household, owner: Person, age: int) -> None:
    random, place = draft.random, household.building
    if age < 60:
        for _child in range(random.choice((1, 1, 1, 2))):
            years = max(0, min(24, age - random.randint(25, 33)))
            guarded = {"guardian": owner} if years < guardians.GUARDED_UNDER else {}
            child = draft.person(place, years, owner.name[0], **guarded)
            draft.belong(child, household, Relation.FAMILY)
        if random.random() < 0.4:
            parent = draft.person(place, age + random.randint(23, 30))
            draft.belong(parent, household, Relation.FAMILY)
