"""Reading classes of compounds: which compounds there are, of which class, since when."""

from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q, QuerySet

from governance.assessment.enums import CompoundClassKind
from governance.assessment.models import CompoundClass
from orgs.enums import UnitKind
from orgs.models import Unit
from orgs.scoping import reach_of

if TYPE_CHECKING:
    from orgs.models import User

NONE = "none"


def compounds(user: "User", kind: str = "") -> QuerySet[Unit]:
    """The compounds that somebody works for, each with its class of now as `classes_now`; `kind` narrows to
    a class, or to those without (NONE)."""
    current = CompoundClass.objects.filter(ends=None)
    rows: QuerySet[Unit] = Unit.objects.filter(reach_of(user).q(""), kind=UnitKind.COMPOUND)
    if kind == NONE:
        rows = rows.filter(~Q(pk__in=current.order_by().values("compound")))
    elif kind in CompoundClassKind.values:
        rows = rows.filter(pk__in=current.filter(kind=kind).order_by().values("compound"))
    return rows.prefetch_related(Prefetch("classes", current, to_attr="classes_now"))


def history(compound: Unit) -> QuerySet[CompoundClass]:
    """Every class that a compound had, the newest first."""
    rows: QuerySet[CompoundClass] = CompoundClass.objects.filter(compound=compound)
    return rows.select_related("entered_by", "ended_by").order_by("-starts")
