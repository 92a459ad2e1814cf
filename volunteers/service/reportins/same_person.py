"""Whether it is one's own case: nobody decides about themselves under another name.

Somebody may have a second account, stand on a list without an account, or on the roll. What ties these
together is the account, the person on the roll and the telephone, by its blind index. It only ever
refuses: what somebody may do for themselves asks for their own account.
"""

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from orgs.errors import NotAllowed
from residents.models import Person
from volunteers.service.models import Participant

if TYPE_CHECKING:
    from orgs.models import User


def telephones_of(account: "User") -> frozenset[str]:
    """The blind indexes of the account's telephones: its own, of its person on the roll, of who serves
    by it; one statement."""
    own = Participant.objects.filter(account=account).order_by()
    behind = Q(account=account) | Q(participant__account=account)
    people = Person.objects.filter(behind).order_by()
    rows = own.values_list("phone_index", flat=True).union(
        people.values_list("phone_index", flat=True)
    )
    return frozenset({account.phone_index or "", *rows} - {""})


def own_keys(by: "User") -> frozenset[int]:
    """The keys of all participants that are one's own case; two statements."""
    ways = [Q(account=by), Q(person__account=by)]
    if phones := telephones_of(by):
        ways += [
            Q(phone_index__in=phones),
            Q(person__phone_index__in=phones),
            Q(account__phone_index__in=phones),
            Q(account__person__phone_index__in=phones),
        ]
    # Each way through its own index: joined by OR they would be compared row by row.
    first, *others = (
        Participant.objects.filter(way).order_by().values_list("pk", flat=True) for way in ways
    )
    return frozenset(first.union(*others))


def is_own_case(participant: Participant, by: "User") -> bool:
    """Whether what is about a participant is about whoever asks."""
    return participant.pk in own_keys(by)


def refuse_own_case(participant: Participant, by: "User") -> None:
    """Raises NotAllowed (`own_case`) for whoever it is about themselves."""
    if is_own_case(participant, by):
        raise NotAllowed(_("Nobody decides their own case."), code="own_case")


def is_same_person(account: "User | None", by: "User") -> bool:
    """Whether two accounts are one person's; False for none."""
    if account is None or account.pk == by.pk:
        return account is not None
    return bool(telephones_of(account) & telephones_of(by))


def is_of_person(person: Person, by: "User") -> bool:
    """Whether somebody on the roll is whoever asks."""
    return person.account_id == by.pk or person.phone_index in telephones_of(by)
