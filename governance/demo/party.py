"""Members in four classes, posts of buildings with gaps, contacts of two buildings in 翡翠一品小区.

All of it through the use-cases, by the secretary of the compound's branch; the people are those of
the invented roll.
"""

from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from django.utils import timezone

from governance.demo.places import EMERALD, Places
from orgs.models import User
from residents.models import Household, Person
from residents.roll import visits
from volunteers.contacts import contacts as household_contacts
from volunteers.enums import BuildingRole, MemberClass
from volunteers.members import members
from volunteers.posts import posts

# Demo accounts on the roster; the rest are people of the roll, so many of each class.
ACCOUNTS = (
    ("member", MemberClass.IN_SERVICE),
    ("member2", MemberClass.RETIRED),
    ("secretary", MemberClass.BRANCH),
)
CLASSES = {
    MemberClass.BRANCH: 14, MemberClass.IN_SERVICE: 26, MemberClass.RETIRED: 12, MemberClass.MOBILE: 5,
}  # fmt: skip
# Of each building some posts are filled; of the last ones none.
FILLED = (
    BuildingRole.HEAD, BuildingRole.HEALTH, BuildingRole.SECURITY, BuildingRole.CULTURE,
    BuildingRole.GROUP_LEADER,
)  # fmt: skip
STAFFED, WITH_CENTRE = 11, 8
# Buildings with contacts, by number; the second one only in part.
COVERED, IN_PART = 3, 8
CONTACTS, CONTACTS_IN_PART = 7, 2
VISITED = 4


def make(places: Places, accounts: dict[str, User], now: datetime, random: Random) -> None:
    """All of it; `now` is the demo's moment."""
    by = accounts["secretary"]
    _enter_members(places, by, now, random)
    _fill_posts(places, by, now, random)
    _assign_contacts(places, accounts, now)


def _enter_members(places: Places, by: User, now: datetime, random: Random) -> None:
    wanted = [
        (Person.objects.get(account__username=name), member_class)
        for name, member_class in ACCOUNTS
    ]
    adults = list(
        Person.objects.filter(
            place__code__startswith=f"{EMERALD}-", account=None, guardian=None,
            born__lt=date(now.year - 24, 1, 1), belongings__ends=None,
        ).distinct().order_by("pk")
    )  # fmt: skip
    near = [
        adult for adult in adults
        if adult.place_id in {places.units[f"{EMERALD}-{number:03}"].pk for number in (COVERED, IN_PART)}
    ]  # fmt: skip
    # Enough of them live where contacts are assigned.
    chosen = dict.fromkeys([*random.sample(near, 12), *random.sample(adults, 80)])
    people = iter(chosen)
    for member_class, count in CLASSES.items():
        wanted += [(next(people), member_class) for _number in range(count)]
    today = timezone.localdate(now)
    for person, member_class in wanted:
        members.register(
            person=person,
            organisation=places.branch,
            member_class=member_class,
            joined_on=date(random.randint(1985, now.year - 3), 7, 1),
            starts=today - timedelta(days=random.randint(60, 700)),
            by=by,
            now=now,
        )
    # One who retired meanwhile: the history shows it.
    retired = next(
        person
        for person, member_class in wanted
        if member_class == MemberClass.IN_SERVICE and not person.account_id
    )
    members.change_class(
        membership=retired.memberships.get(), member_class=MemberClass.RETIRED,
        on=today - timedelta(days=30), by=by, now=now,
    )  # fmt: skip


def _fill_posts(places: Places, by: User, now: datetime, random: Random) -> None:
    for number, building in enumerate(places.buildings(EMERALD)[:STAFFED], 1):
        living = Person.objects.filter(place=building, guardian=None, account=None).order_by("pk")
        people = iter(random.sample(list(living[:40]), len(FILLED)))
        for role in FILLED[: len(FILLED) - number % 3]:
            posts.fill(
                building=building, role=role, holder=posts.Holder(person=next(people)), by=by, now=now
            )  # fmt: skip
        home = Household.objects.filter(
            building=building, belongings__person__memberships__ends=None,
            belongings__person__memberships__isnull=False,
        ).first()  # fmt: skip
        if home and number <= WITH_CENTRE:
            posts.fill(
                building=building, role=BuildingRole.CENTRE,
                holder=posts.Holder(household=home), by=by, now=now,
            )  # fmt: skip


def _assign_contacts(places: Places, accounts: dict[str, User], now: datetime) -> None:
    by = accounts["secretary"]
    for number, username, count in (
        (COVERED, "member", CONTACTS),
        (IN_PART, "member2", CONTACTS_IN_PART),
    ):
        building = places.units[f"{EMERALD}-{number:03}"]
        own = Person.objects.get(account=accounts[username])
        others = Person.objects.filter(
            place=building, memberships__ends=None, memberships__isnull=False, account=None
        ).order_by("pk")
        contacts = [own, *others[: count - 1]]
        household_contacts.deal_out(building=building, contacts=contacts, by=by, now=now)
    today, member = timezone.localdate(now), accounts["member"]
    mine = member.person.household_links.order_by("pk")[:VISITED]
    for number, link in enumerate(mine):
        visits.log(
            household=link.household,
            on=today - timedelta(days=9 * number),
            text=("家中老人身体很好，提醒用气安全。", "新搬来的租户，告知物业电话。")[number % 2],
            next_on=today + timedelta(days=5) if number == 0 else None,
            event_id=UUID(int=421102 * 1000 + number),
            by=member,
            now=now,
        )
