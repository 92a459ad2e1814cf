"""People in rosters: their columns, and whom on the roll a row means.

Matched by ID number; then by telephone, where the name is the same too (families share telephones);
then by name and home. Where that is not sure, a person decides.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from orgs.enums import Decision
from orgs.errors import Refused
from orgs.imports.rosters import Column, Row, Run
from orgs.imports.workbooks import cells
from orgs.models import User
from orgs.values import phones
from orgs.values.names import compared, squeezed
from orgs.values.sentences import gettext as _
from residents.enums import Sex
from residents.models import Belonging, Household, Person
from residents.roll import queries
from residents.roll.values import id_numbers
from residents.rosters import cells as own_cells
from residents.rosters.address_columns import Door, doors_of, homes_of

SEX_WORDS = {
    "男": Sex.MALE.value, "男性": Sex.MALE.value, "1": Sex.MALE.value,
    "女": Sex.FEMALE.value, "女性": Sex.FEMALE.value, "2": Sex.FEMALE.value,
}  # fmt: skip
NAME = Column(
    "name", "姓名", cells.name(40), ("居民姓名", "人员姓名", "名字"), required=True, example="张示例",
    note=gettext_lazy("needed"),
)  # fmt: skip
ID_NUMBER = Column(
    "id_number", "身份证号", own_cells.id_number,
    ("公民身份号码", "身份证号码", "身份证", "证件号码", "证件号", "身份号码"),
    example="421102198001010010", private=True, mask=id_numbers.mask,
    note=gettext_lazy("18 characters as text; a masked one (4211****) changes nothing"),
)  # fmt: skip
PHONE = Column(
    "phone", "联系电话", cells.phone,
    ("联系方式", "手机号码", "手机号", "手机", "电话", "电话号码", "移动电话"),
    example="13800000000", private=True, mask=phones.mask,
    note=gettext_lazy("a mobile number, or a landline with its area code"),
)  # fmt: skip
SEX = Column(
    "sex", "性别", cells.choice(SEX_WORDS), choices=("男", "女"), example="男",
    note=gettext_lazy("follows the ID number where there is one"),
)  # fmt: skip
BORN = Column(
    "born", "出生日期", own_cells.birthday, ("出生年月日", "生日"), example="1980-01-01",
    note=gettext_lazy("like 1980-01-01; follows the ID number where there is one"),
)  # fmt: skip
COLUMNS = (NAME, ID_NUMBER, PHONE, SEX, BORN)
# Measures of control have no place in a roster of needs; a file that has them is not taken.
_CONTROL = re.compile("管控|稳控|布控|列管|在控|失控|脱管|漏管|涉稳")


def refuse_control(heading: str) -> None:
    """Raises Refused (`control_measures`) for a heading of a measure of control."""
    if _CONTROL.search(heading):
        message = _(
            "This file has columns on control measures. Only what people need is kept: delete "
            "these columns and send the file again."
        )
        raise Refused(message, code="control_measures")


def candidates(user: User, keys: set[int]) -> dict[int, str]:
    """Those of some people whom somebody sees, with what tells them apart."""
    seen = Person.objects.visible_to(user).filter(pk__in=keys)
    at_home = queries.with_homes(seen, Belonging.objects.visible_to(user))
    words = {}
    for person in at_home:
        homes = person.homes  # type: ignore[attr-defined]
        doors = [home.household.door for home in homes]
        words[person.pk] = " ".join([person.name, phones.mask(person.phone), *doors])
    return words


class People:
    """Whom on the roll the rows of one chunk mean.

    `foreign` are keys of people of other places, known by their ID number: nothing of theirs may be
    changed here. `living` are the present belongings of each household.
    """

    def __init__(
        self,
        rows: Iterable[Row],
        run: Run,
        doors: Mapping[int, Door] | None = None,
        homes: Mapping[Door, Household] | None = None,
    ) -> None:
        rows = list(rows)
        self.run, self.doors, self.homes = run, doors or {}, homes or {}
        self.living: dict[int, list[Belonging]] = defaultdict(list)
        self._by_id: dict[str, Person] = {}
        self._by_phone: dict[str, list[Person]] = defaultdict(list)
        self._by_name: dict[str, list[Person]] = defaultdict(list)
        self._fresh: dict[Hashable, Person] = {}
        self._read(rows)

    def _read(self, rows: list[Row]) -> None:
        """All that the chunk needs, in at most five queries."""
        numbers = {id_numbers.index(row.get("id_number")) for row in rows} - {""}
        telephones = {phones.index(row.get("phone")) for row in rows} - {""}
        bare = {_key(row) for row in rows if not self._is_known_by_more(row)} - {""}
        for person in self._locked(Person.objects.filter(id_index__in=numbers)):
            self._by_id[person.id_index or ""] = person
        for person in self._locked(self._around(Person.objects.filter(phone_index__in=telephones))):
            self._by_phone[person.phone_index].append(person)
        if bare:
            for person in self._locked(self._around(Person.objects.filter(name_key__in=bare))):
                self._by_name[person.name_key].append(person)
        self._read_homes()
        known = {person.pk for person in self._by_id.values()}
        inside = self._around(Person.objects.filter(pk__in=known)).values_list("pk", flat=True)
        self.foreign = known - set(inside)

    def _read_homes(self) -> None:
        households = [home.pk for home in self.homes.values()]
        living = Belonging.objects.filter(household__in=households, ends=None)
        living = living.select_related("person").order_by("pk")
        if self.run.applying:
            living = living.select_for_update(of=("self", "person"))
        for belonging in living:
            self.living[belonging.household_id].append(belonging)

    def _around(self, among: QuerySet[Person]) -> QuerySet[Person]:
        return queries.people_of(self.run.unit, among)

    def _locked(self, people: QuerySet[Person]) -> QuerySet[Person]:
        people = people.order_by("pk")
        return people.select_for_update(of=("self",)) if self.run.applying else people

    def _is_known_by_more(self, row: Row) -> bool:
        return bool(row.get("id_number") or row.get("phone") or row.number in self.doors)

    def of(self, row: Row) -> Person | None:
        """The person that a row means; None for a new one, or with a problem set on the row."""
        if not row.get("name"):
            row.wrong("name", _("A hidden name says nothing: write it out."))
            return None
        self._refuse_second_name(row)
        person, candidates, column, doubt = self._look(row)
        if candidates:
            return self._decided(row, candidates, column, doubt)
        if person is None and not row.is_wrong:
            person = self._newly(row)
        if person is None and not self._is_known_by_more(row) and not row.is_wrong:
            sentence = _("Give the ID number, the telephone or the address: a name is not enough.")
            row.wrong("name", sentence)
        return person

    def _refuse_second_name(self, row: Row) -> None:
        """One ID number is one person, in the file too: which of two names is meant is asked."""
        if number := row.get("id_number"):
            name, first = self.run.seen.setdefault(("id", number), (_key(row), row.number))
            if name != _key(row):
                sentence = _("Row %(row)d gives this ID number to somebody else. Check both.")
                row.wrong("id_number", sentence % {"row": first})

    def remember(self, row: Row, person: Person) -> None:
        """Later rows of the chunk that mean this new person find them."""
        for key in self._keys(row):
            self._fresh.setdefault(key, person)

    def _keys(self, row: Row) -> list[Hashable]:
        name, number, phone = _key(row), row.get("id_number"), row.get("phone")
        keys: list[Hashable] = [number] if number else []
        if phone:
            keys.append((phone, name))
        if row.number in self.doors:
            keys.append((self.doors[row.number], name))
        return keys

    def _newly(self, row: Row) -> Person | None:
        """Somebody whom an earlier row of the chunk brings."""
        number = row.get("id_number")
        for key in self._keys(row):
            person = self._fresh.get(key)
            if person and not (number and person.id_number and person.id_number != number):
                return person
        return None

    def _look(self, row: Row) -> tuple[Person | None, list[Person], str, str]:
        """Who is meant for certain; or who could be, the column of the doubt, and the doubt."""
        name, number, phone = _key(row), row.get("id_number"), row.get("phone")
        known = self._by_id.get(id_numbers.index(number)) if number else None
        if known:
            return self._by_number(row, known)
        same_phone = self._by_phone.get(phones.index(phone), []) if phone else []
        named = [person for person in same_phone if person.name_key == name]
        if named:
            doubt = _("This name and telephone stand on the roll with another ID number.")
            return _sure(named, number, "", "id_number", doubt)
        home = self.homes.get(self.doors[row.number]) if row.number in self.doors else None
        if home:
            here = [
                belonging.person
                for belonging in self.living[home.pk]
                if belonging.person.name_key == name
            ]
            doubt = _("This name lives here with another ID number or telephone.")
            if here:
                return _sure(here, number, phone, "name", doubt)
            same_phone = [*same_phone, *(one.person for one in self.living[home.pk])]
        alike = [one for one in same_phone if squeezed(one.name) == squeezed(name)]
        if alike:
            doubt = _("This name is written otherwise on the roll.")
            return None, list(dict.fromkeys(alike)), "name", doubt
        if not self._is_known_by_more(row):
            doubt = _("Only the name fits somebody on the roll.")
            return None, self._by_name.get(name, []), "name", doubt
        return None, [], "", ""

    def _by_number(self, row: Row, known: Person) -> tuple[Person | None, list[Person], str, str]:
        if known.name_key == _key(row):
            return known, [], "", ""
        doubt = _("This ID number is on the roll under another name. Check both.")
        if known.pk not in self.foreign:
            return None, [known], "id_number", doubt
        row.wrong("id_number", doubt)
        return None, [], "", ""

    def _decided(
        self, row: Row, candidates: list[Person], column: str, doubt: str
    ) -> Person | None:
        """What somebody decided, where it still fits; else the row waits for a decision."""
        by_key = {candidate.pk: candidate for candidate in candidates}
        if row.decision == Decision.SAME and row.chosen in by_key:
            return by_key[row.chosen]
        row.candidates = list(by_key)
        if row.decision == Decision.NEW:
            number = row.get("id_number")
            if number and id_numbers.index(number) in self._by_id:
                row.wrong("id_number", _("This ID number is somebody else's on the roll."))
            return None
        row.unsure(by_key, column, doubt)
        return None


def _key(row: Row) -> str:
    """The comparing form of the name that a row gives."""
    return compared(row.get("name"))


def _sure(
    people: list[Person], number: str, phone: str, column: str, doubt: str
) -> tuple[Person | None, list[Person], str, str]:
    """The one who fits and contradicts nothing; otherwise all of them as candidates."""
    fits = [person for person in people if not _contradicts(person, number, phone)]
    if len(fits) == 1:
        return fits[0], [], "", ""
    if len(fits) > 1:
        return None, fits, column, _("Several people on the roll fit this row.")
    return None, people, column, doubt


def _contradicts(person: Person, number: str, phone: str) -> bool:
    other_number = number and person.id_index and person.id_index != id_numbers.index(number)
    other_phone = phone and person.phone_index and person.phone_index != phones.index(phone)
    return bool(other_number or other_phone)


def people_of(rows: list[Row], run: Run, *, home_required: bool = False) -> People:
    """Whom the rows mean, their homes included: all that most rosters about people need."""
    doors = doors_of(rows, run, required=home_required)
    return People(rows, run, doors, homes_of(doors, run))


def refuse_contradiction(row: Row) -> None:
    """Sex and day of birth follow the ID number; a row that says otherwise is wrong."""
    number = row.get("id_number")
    if not number:
        return
    facts: dict[str, Any] = {
        "sex": id_numbers.sex(number).value,
        "born": id_numbers.birth_date(number).isoformat(),
    }
    for key, value in facts.items():
        if row.get(key) and row.get(key) != value:
            row.wrong(key, _("The ID number says otherwise."))
