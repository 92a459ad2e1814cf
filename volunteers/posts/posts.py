"""The posts of buildings: filling, emptying, and choosing which there are."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from orgs.audit import audit
from orgs.enums import UnitKind
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Unit
from orgs.values import names, phones
from orgs.values.sentences import gettext as _
from residents.models import Household, Person
from residents.roll.queries import people_of
from volunteers.ending import last_day
from volunteers.enums import BuildingRole, Permission, RoleSetCode
from volunteers.models import BuildingPost, RoleSetChoice

if TYPE_CHECKING:
    from orgs.models import User

LONGEST_NAME = 40


@dataclass(frozen=True)
class Holder:
    """Who takes a post: exactly one of these."""

    person: Person | None = None
    user: "User | None" = None
    name: str = ""
    household: Household | None = None


def holder_named(building: Unit, name: str, phone: str = "") -> Holder:
    """The one person of that name on the roll of the building's compound, else the bare name.

    Raises Refused (`which_person`) where several have the name and no telephone tells them apart.
    """
    name = names.shown(name)
    if not 0 < len(name) <= LONGEST_NAME:
        message = _("Give a name of 1 to %(longest)d characters.") % {"longest": LONGEST_NAME}
        raise Refused(message, code="bad_holder", field="name")
    matches = people_of(
        building.parent or building,
        Person.objects.filter(name_key=names.compared(name), died_on=None),
    )
    if phone:
        matches = matches.filter(phone_index=phones.index(phones.normalise(phone)))
    people = list(matches[:2])
    if len(people) > 1:
        message = _("Several people here have this name: give the telephone number too.")
        raise Refused(message, code="which_person", field="phone")
    return Holder(person=people[0]) if people else Holder(name=name)


@transaction.atomic
def fill(
    *,
    building: Unit,
    role: BuildingRole,
    holder: Holder,
    title: str = "",
    starts: date | None = None,
    by: "User",
    now: datetime,
) -> BuildingPost:
    """Gives a post of a building to somebody from a day on (today).

    Raises NotAllowed; Refused for a post that is held (`post_held`), a holder who does not fit
    (`bad_holder`), a day to come.
    """
    must_keep(by, building)
    today = timezone.localdate(now)
    title = title.strip()
    _refuse(building, role, holder, title, starts, today)
    try:
        with transaction.atomic():
            post: BuildingPost = BuildingPost.objects.create(
                building=building,
                role=role,
                title=title,
                person=holder.person,
                user=holder.user,
                name=holder.name,
                household=holder.household,
                starts=starts or today,
            )
    except IntegrityError:
        message = _("This post is held already. End that first.")
        raise Refused(message, code="post_held", field="role")
    audit.record("volunteers.fill-post", by=by, obj=post, detail={"role": role}, now=now)
    return post


@transaction.atomic
def end(*, post: BuildingPost, on: date | None = None, by: "User", now: datetime) -> BuildingPost:
    """Ends that somebody holds a post; the row stays as history.

    Raises NotAllowed; WrongState if it has ended; Refused for a day that cannot be.
    """
    post = BuildingPost.objects.select_for_update(of=("self",)).get(pk=post.pk)
    must_keep(by, post.building)
    if post.ends:
        raise WrongState(_("This post has ended already."), code="ended")
    post.ends = last_day(post.starts, on, now)
    post.save(update_fields=["ends"])
    audit.record("volunteers.end-post", by=by, obj=post, detail={"role": post.role}, now=now)
    return post


@transaction.atomic
def choose_set(*, unit: Unit, code: RoleSetCode, by: "User", now: datetime) -> RoleSetChoice:
    """Chooses which posts a street, community or compound has; what is held already stays held."""
    if not by.has_perm(Permission.CHOOSE_ROLE_SET, unit):
        raise NotAllowed(_("You do not choose the posts of this place."))
    if unit.kind == UnitKind.BUILDING:
        raise Refused(_("Posts are chosen for a compound or above."), code="bad_unit")
    choice, _new = RoleSetChoice.objects.update_or_create(
        unit=unit, defaults={"code": code, "chosen_by": by, "chosen_at": now}
    )
    audit.record("volunteers.choose-role-set", by=by, obj=choice, detail={"set": code}, now=now)
    return choice


def must_keep(by: "User", building: Unit) -> None:
    """Raises NotAllowed for a building whose posts are not this person's to keep."""
    if not by.has_perm(Permission.KEEP_POSTS, building):
        raise NotAllowed(_("You do not keep the posts of this building."))


def _refuse(
    building: Unit,
    role: BuildingRole,
    holder: Holder,
    title: str,
    starts: date | None,
    today: date,
) -> None:
    wrong: dict[str, list[str]] = {}
    if building.kind != UnitKind.BUILDING:
        wrong["building"] = [_("Posts belong to a building.")]
    if starts and starts > today:
        wrong["starts"] = [_("This day is still to come.")]
    if (role == BuildingRole.OTHER) != bool(title):
        wrong["title"] = [_("Name the post if it is another one, and only then.")]
    if role == BuildingRole.CENTRE:
        if holder.household is None or holder.household.building_id != building.pk:
            wrong["household"] = [_("Choose a household of this building.")]
    elif holder.household or not (holder.person or holder.user or holder.name):
        wrong["name"] = [_("Say who takes the post.")]
    if wrong:
        raise Refused(_("Some of what was sent is not right."), code="bad_holder", fields={**wrong})
