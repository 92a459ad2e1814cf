"""Property service of compounds: contracts begin and end here, and profiles follow them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.enums import PropertyMode, UnitKind
from orgs.errors import Refused, WrongState
from orgs.models import Attachment, CompoundProfile, Unit
from orgs.values import names
from residents.enums import ContractKind
from residents.models import PropertyContract, PropertyFirm
from residents.organisations.bodies import checked_reason, must_keep

if TYPE_CHECKING:
    from orgs.models import User

# 100 yuan per m² a month: whoever enters more has forgotten the decimal point.
HIGHEST_FEE = 100_00


@transaction.atomic
def start(
    *,
    compound: Unit,
    kind: ContractKind,
    firm: str = "",
    credit_code: str = "",
    starts: date,
    ends: date | None = None,
    fee: int | None = None,
    document: Attachment | None = None,
    by: "User | None",
    now: datetime,
) -> PropertyContract:
    """Enters who looks after a compound from a day on. Without a person it is the system that acts.

    Raises NotAllowed; Refused for a place that is no compound, a kind that needs a firm or has none,
    days or a fee that cannot be, or (`overlaps`) days of another contract.
    """
    compound = _locked(compound, by)
    _refuse(compound, kind, firm, starts, ends, fee)
    others = PropertyContract.objects.filter(compound=compound).filter(
        Q(ends=None) | Q(ends__gte=starts)
    )
    if (others.filter(starts__lte=ends) if ends else others).exists():
        message = _("Another contract lies within these days. End that one first.")
        raise Refused(message, code="overlaps", field="starts")
    contract = PropertyContract.objects.create(
        compound=compound, firm=_firm(firm, credit_code), kind=kind, starts=starts, ends=ends,
        fee=fee, document=document, entered_at=now,
    )  # fmt: skip
    follow(compounds=[compound.pk], today=timezone.localdate(now))
    audit.record("residents.start-contract", by=by, obj=contract, detail={"kind": kind}, now=now)
    return contract


@transaction.atomic
def end(
    *, contract: PropertyContract, on: date, reason: str, by: "User", now: datetime
) -> PropertyContract:
    """Ends a contract before its time; `on` is its last day.

    Raises NotAllowed; WrongState if it ends by then anyway; Refused for a day before its first, or
    without a reason.
    """
    compound = _locked(contract.compound, by)
    contract = PropertyContract.objects.get(pk=contract.pk)
    if contract.ends and contract.ends <= on:
        raise WrongState(_("This contract has ended by then."), code="ended")
    if on < contract.starts:
        raise Refused(_("This day lies before the first one."), field="on")
    contract.ends, contract.end_reason = on, checked_reason(reason)
    contract.save(update_fields=["ends", "end_reason"])
    follow(compounds=[compound.pk], today=timezone.localdate(now))
    audit.record("residents.end-contract", by=by, obj=contract, now=now)
    return contract


def follow(*, today: date, compounds: Iterable[int] | None = None) -> int:
    """Makes profiles say what the contracts say today; answers how many changed.

    Called where a contract changes, and every night for those that began or ran out by themselves.
    A compound that never had a contract keeps what was known of it.
    """
    contracts = PropertyContract.objects.select_related("firm")
    if compounds is not None:
        contracts = contracts.filter(compound__in=list(compounds))
    wanted: dict[int, tuple[str, str]] = {}
    for contract in contracts.order_by("starts"):
        in_force = contract.starts <= today and (contract.ends is None or contract.ends >= today)
        wanted.setdefault(contract.compound_id, (PropertyMode.NONE.value, ""))
        if in_force:
            wanted[contract.compound_id] = (
                mode_of(contract),
                contract.firm.name if contract.firm else "",
            )
    profiles = {
        profile.unit_id: profile for profile in CompoundProfile.objects.filter(unit__in=wanted)
    }
    changed = []
    for key, (mode, firm) in wanted.items():
        profile = profiles.get(key) or CompoundProfile(unit_id=key)
        if (profile.property_mode, profile.property_firm) != (mode, firm):
            profile.property_mode, profile.property_firm = mode, firm
            changed.append(profile)
    CompoundProfile.objects.bulk_create([profile for profile in changed if profile.pk is None])
    CompoundProfile.objects.bulk_update(
        [profile for profile in changed if profile.pk],
        ["property_mode", "property_firm"],
        batch_size=500,
    )
    return len(changed)


def mode_of(contract: PropertyContract) -> str:
    """How the profile of a compound puts it."""
    if contract.kind == ContractKind.SELF_MANAGED:
        return PropertyMode.SELF.value
    return (PropertyMode.FIRM if contract.firm_id else PropertyMode.COMMUNITY).value


def lock(compound: Unit) -> None:
    """Locks a compound, so that its contracts change one by one."""
    Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=compound.pk)


def _locked(compound: Unit, by: "User | None") -> Unit:
    if by is not None:
        must_keep(by, compound)
    lock(compound)
    return compound


def _firm(name: str, credit_code: str) -> PropertyFirm | None:
    """The firm of this name, entered where it is new; None for no name."""
    name, credit_code = names.shown(name), credit_code.strip().upper()
    if not name:
        return None
    same = {"name_key": names.compared(name)}
    if not credit_code:
        return PropertyFirm.objects.get_or_create(**same, defaults={"name": name})[0]
    _refuse_other(name, credit_code)
    try:
        with transaction.atomic():
            firm, _is_new = PropertyFirm.objects.get_or_create(
                **same, defaults={"name": name, "credit_code": credit_code}
            )
            if not firm.credit_code:
                firm.credit_code = credit_code
                firm.save(update_fields=["credit_code"])
    except IntegrityError:
        # Entered at the same moment under another name.
        _refuse_other(name, credit_code)
        raise
    return firm


def _refuse_other(name: str, credit_code: str) -> None:
    """A credit code is one firm's."""
    known = PropertyFirm.objects.filter(credit_code=credit_code).first()
    if known and known.name_key != names.compared(name):
        message = _("This credit code is that of %(firm)s.") % {"firm": known.name}
        raise Refused(message, code="firm_differs", field="credit_code")


def _refuse(
    compound: Unit, kind: ContractKind, firm: str, starts: date, ends: date | None, fee: int | None
) -> None:
    if compound.kind != UnitKind.COMPOUND:
        raise Refused(_("Only compounds have a property contract."), code="not_a_compound")
    needs_firm = kind in (ContractKind.CONTRACT, ContractKind.INTERIM)
    if needs_firm and not firm.strip():
        raise Refused(_("Name the property firm."), field="firm")
    if kind == ContractKind.SELF_MANAGED and firm.strip():
        raise Refused(_("Residents who manage themselves have no firm."), field="firm")
    if ends and ends < starts:
        raise Refused(_("This day lies before the first one."), field="ends")
    if fee is not None and not 0 <= fee <= HIGHEST_FEE:
        raise Refused(_("A fee lies between 0 and 100 yuan."), field="fee")
