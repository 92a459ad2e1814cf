"""The five coverages of a place as a workbook."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orgs.audit import audit
from orgs.errors import NotAllowed
from orgs.imports.workbooks import spreadsheets
from orgs.models import Unit
from residents.enums import Coverage, Permission
from residents.organisations.coverage import picture

if TYPE_CHECKING:
    from orgs.models import User


def export(*, unit: Unit | None, by: "User", now: datetime) -> bytes:
    """Every compound with what it has on this day; audited. Raises NotAllowed."""
    if not by.has_perm(Permission.VIEW_COVERAGE, unit):
        raise NotAllowed(_("The coverages of this place are not yours to read."))
    coverage = picture(unit, by, timezone.localdate(now))
    yes, no = _("yes"), _("no")
    rows = [
        [
            compound.code,
            compound.name,
            *(yes if lit else no for _coverage, lit in compound.marks),
            compound.count,
        ]
        for compound in coverage.compounds
    ]
    headings = [
        pgettext("sheet", "Code"),
        _("Compound"),
        *(str(kind.label) for kind in Coverage),
        _("Of five"),
    ]
    audit.record("residents.export-coverage", by=by, obj=unit, detail={"rows": len(rows)}, now=now)
    return spreadsheets.write(headings, rows, _("Five full coverages"))
