"""What each flat pays: by flat, by area, or by the factor of its floor; exact to the cent."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from residents.deliberation.enums import BallotState, Choice, CostKey, Rule
from residents.deliberation.models import Ballot, Poll, RollPart
from residents.deliberation.polls.count.cost_sharing import share


@dataclass(frozen=True)
class CostRow:
    """One flat's part of the costs, in 0.01 yuan."""

    label: str
    area: int
    floor: int | None
    amount: int

    @property
    def yuan(self) -> str:
        return in_yuan(self.amount)


def in_yuan(amount: int) -> str:
    """1234 as 12.34."""
    return f"{amount // 100}.{amount % 100:02}"


def rows(
    poll: Poll, *, amount: Decimal, key: CostKey, first_floor: int = 2
) -> tuple[list[CostRow], str]:
    """Divides an amount of yuan among the flats; "" or why it cannot be divided.

    Of a lift only those who agreed pay (咸宁 7; 孝感 8). By floor: the first floors below
    `first_floor` pay nothing, each higher one a step more.
    """
    parts = list(_payers(poll).order_by("code"))
    if key == CostKey.FLOOR and any(part.floor is None for part in parts):
        return [], _("The floor of a flat is not known.")
    weights = {part.pk: _weight(part, key, first_floor) for part in parts}
    if not parts or not sum(weights.values()):
        return [], _("There is nobody to pay.")
    amounts = share(int(amount * 100), weights)
    found = [CostRow(part.label, part.area, part.floor, amounts[part.pk]) for part in parts]
    return found, ""


def _payers(poll: Poll) -> QuerySet[RollPart]:
    parts = RollPart.objects.filter(poll=poll, entry__is_void=False)
    if poll.rule != Rule.LIFT:
        return parts
    if poll.is_secret or not poll.is_counted:
        return parts.none()
    key = poll.questions[0]["id"]
    agreed = Ballot.objects.filter(
        poll=poll, state=BallotState.LIVE, choices__contains=f'"{key}":"{Choice.FOR.value}"'
    )
    return parts.filter(entry__in=agreed.values("entry"))


def _weight(part: RollPart, key: CostKey, first_floor: int) -> int:
    if key == CostKey.AREA:
        return part.area
    if key == CostKey.FLOOR:
        return max(0, (part.floor or 0) - first_floor + 1)
    return 1
