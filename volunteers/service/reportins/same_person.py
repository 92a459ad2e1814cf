"""Whether it is one's own case: nobody decides about themselves under another name.

Somebody may have a second account, stand on a list without an account, or on the roll. What ties these
together is the account, the person on the roll and the telephone, by its blind index. It only ever
refuses: what somebody may do for themselves asks for their own account.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
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


class Oneself:
    """Whoever decides, under all their names: read once, asked about many rows."""

    def __init__(self, account: "User") -> None:
        self.account = account

    @cached_property
    def telephones(self) -> frozenset[str]:
        """The blind indexes of all telephones; one statement."""
        return telephones_of(self.account)

    @cached_property
    def keys(self) -> frozenset[int]:
        """The keys of all participants that are oneself; one statement more."""
        ways = [Q(account=self.account), Q(person__account=self.account)]
        if phones := self.telephones:
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

    @cached_property
    def accounts(self) -> frozenset[int]:
        """The keys of all accounts that have a telephone of oneself's; one statement more."""
        if not self.telephones:
            return frozenset({self.account.pk})
        fits = Q(phone_index__in=self.telephones)
        people = Person.objects.filter(fits).order_by()
        rows = (
            type(self.account)._default_manager.filter(fits).order_by().values_list("pk", flat=True)
        )
        behind = rows.union(
            Participant.objects.filter(fits).order_by().values_list("account", flat=True),
            people.values_list("account", flat=True),
            people.values_list("participant__account", flat=True),
        )
        return frozenset({self.account.pk, *behind} - {None})

    def is_participant(self, participant: Participant) -> bool:
        """Whether what is about a participant is about oneself."""
        return participant.pk in self.keys

    def is_account(self, account: "User | None") -> bool:
        """Whether an account is one's own, the first or another; False for none."""
        if account is None or account.pk == self.account.pk:
            return account is not None
        return account.pk in self.accounts

    def is_person(self, person: Person) -> bool:
        """Whether somebody on the roll is oneself."""
        return person.account_id == self.account.pk or person.phone_index in self.telephones

    def refuse_own_case(self, participant: Participant) -> None:
        """Raises NotAllowed (`own_case`) for what is about oneself."""
        if self.is_participant(participant):
            raise NotAllowed(_("Nobody decides their own case."), code="own_case")


_READER: ContextVar[Oneself | None] = ContextVar("reader", default=None)


@contextmanager
def read_once(by: "User") -> Iterator[None]:
    """While a list is shown: its reader is read once, not for each row. Nothing may be written inside."""
    before = _READER.set(Oneself(by))
    try:
        yield
    finally:
        _READER.reset(before)


def _oneself(by: "User") -> Oneself:
    reader = _READER.get()
    return reader if reader is not None and reader.account == by else Oneself(by)


def own_keys(by: "User") -> frozenset[int]:
    """The keys of all participants that are one's own case; two statements."""
    return _oneself(by).keys


def is_own_case(participant: Participant, by: "User") -> bool:
    """Whether what is about a participant is about whoever asks."""
    return _oneself(by).is_participant(participant)


def refuse_own_case(participant: Participant, by: "User") -> None:
    """Raises NotAllowed (`own_case`) for whoever it is about themselves."""
    _oneself(by).refuse_own_case(participant)


def is_same_person(account: "User | None", by: "User") -> bool:
    """Whether two accounts are one person's; False for none."""
    return _oneself(by).is_account(account)


def is_of_person(person: Person, by: "User") -> bool:
    """Whether somebody on the roll is whoever asks."""
    return _oneself(by).is_person(person)
