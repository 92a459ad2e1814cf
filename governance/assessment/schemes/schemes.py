"""Making, editing and publishing schemes. A version that is in force never changes: the next one does."""

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from governance.assessment.enums import (
    CompoundClassKind,
    PeriodKind,
    Permission,
    SchemeState,
    SubjectKind,
)
from governance.assessment.formulas.language import FormulaError, compiled
from governance.assessment.models import Scheme
from governance.assessment.periods import Period
from governance.assessment.schemes.definitions import (
    SHARE_NAMES,
    SUM_NAMES,
    Definition,
    check,
    counts,
    read,
)
from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Department, District
from orgs.values.names import is_visible

if TYPE_CHECKING:
    from orgs.models import User


@transaction.atomic
def draft(
    *,
    district: District,
    code: str,
    name: str,
    subject_kind: SubjectKind,
    period_kind: PeriodKind,
    definition: Definition,
    begins: date,
    source: str,
    by: "User | None",
    now: datetime,
    publisher: Department | None = None,
    compound_class: CompoundClassKind | str = "",
    delay_days: int = 3,
    appeal_days: int = 5,
    is_public: bool = False,
    has_black_list: bool = False,
    is_example: bool = False,
) -> Scheme:
    """Makes the next version of a scheme, as a draft; a draft that is there is replaced.

    Raises NotAllowed, Refused, FormulaError with the place of what is wrong.
    """
    _refuse_others(district, publisher, by)
    for field, text in (("name", name), ("source", source)):
        if not is_visible(text):
            raise Refused(_("Fill this in."), code="empty", field=field)
    if has_black_list and publisher is None:
        message = _("A red and a black list has an authority that publishes it.")
        raise Refused(message, code="no_publisher", field="publisher")
    check(definition, subject_kind)
    rows = Scheme.objects.filter(district=district, code=code)
    rows.filter(state=SchemeState.DRAFT).delete()
    version = (rows.aggregate(last=Max("version"))["last"] or 0) + 1
    try:
        with transaction.atomic():
            scheme = Scheme.objects.create(
                district=district, code=code, version=version, name=name.strip(),
                subject_kind=subject_kind, period_kind=period_kind, publisher=publisher,
                compound_class=compound_class, begins=Period.at(period_kind, begins).first,
                delay_days=delay_days, appeal_days=appeal_days,
                is_public=is_public or has_black_list, has_black_list=has_black_list,
                is_example=is_example, definition=definition.text, source=source.strip(),
                made_by=by, made_at=now,
            )  # fmt: skip
    except IntegrityError:
        message = _("Somebody changed this scheme at the same moment: look again.")
        raise WrongState(message, code="scheme_changed") from None
    audit.record(
        "assessment.draft-scheme", by=by, obj=scheme, now=now,
        detail={"code": code, "version": version},
    )  # fmt: skip
    return scheme


def _refuse_others(district: District, publisher: Department | None, by: "User | None") -> None:
    """Without an account the portal itself ships an example."""
    if by is None:
        return
    probe = Scheme(district=district, publisher=publisher)
    if not by.has_perm(Permission.KEEP_SCHEMES, probe):
        raise NotAllowed(_("Only whoever answers for the scheme changes it."))


@transaction.atomic
def publish(*, scheme: Scheme, by: "User | None", now: datetime) -> Scheme:
    """Puts a draft in force; the version before ends. Raises NotAllowed, Refused, WrongState."""
    rows = Scheme.objects.select_for_update(of=("self",)).select_related("district", "publisher")
    row = rows.get(pk=scheme.pk)
    _refuse_others(row.district, row.publisher, by)
    if row.state != SchemeState.DRAFT:
        raise WrongState(_("This version is no draft any more."), code="not_a_draft")
    check(read(row.definition), SubjectKind(row.subject_kind))
    rows.filter(district=row.district_id, code=row.code, state=SchemeState.PUBLISHED).update(
        state=SchemeState.REPLACED
    )
    row.state, row.published_by, row.published_at = SchemeState.PUBLISHED, by, now
    row.save(update_fields=["state", "published_by", "published_at"])
    audit.record(
        "assessment.publish-scheme", by=by, obj=row, now=now,
        detail={"code": row.code, "version": row.version},
    )  # fmt: skip
    return row


@transaction.atomic
def end(*, scheme: Scheme, by: "User", now: datetime) -> Scheme:
    """Ends a scheme in force: no further period is computed. Raises NotAllowed, WrongState."""
    row = Scheme.objects.select_for_update(of=("self",)).get(pk=scheme.pk)
    _refuse_others(row.district, row.publisher, by)
    if row.state != SchemeState.PUBLISHED:
        raise WrongState(_("This scheme is not in force."), code="scheme_not_in_force")
    row.state = SchemeState.REPLACED
    row.save(update_fields=["state"])
    audit.record("assessment.end-scheme", by=by, obj=row, now=now, detail={"code": row.code})
    return row


def check_formula(*, scheme: Scheme, formula: str) -> dict[str, Any]:
    """Whether a formula can stand in a scheme: `ok`, the `position` of what is wrong, and why."""
    definition = read(scheme.definition)
    names = SHARE_NAMES | SUM_NAMES | definition.names | {"score"} | counts(definition)
    try:
        compiled(formula, names)
    except FormulaError as error:
        return {"ok": False, "position": error.position, "detail": error.message}
    return {"ok": True, "position": None, "detail": ""}


def edited(scheme: Scheme, **changes: Any) -> dict[str, Any]:
    """What a new draft of a scheme is made from, with some of it changed."""
    definition = read(scheme.definition)
    whole = {
        "district": scheme.district, "code": scheme.code, "name": scheme.name,
        "subject_kind": SubjectKind(scheme.subject_kind),
        "period_kind": PeriodKind(scheme.period_kind), "begins": scheme.begins,
        "source": scheme.source, "publisher": scheme.publisher,
        "compound_class": scheme.compound_class, "delay_days": scheme.delay_days,
        "appeal_days": scheme.appeal_days, "is_public": scheme.is_public,
        "has_black_list": scheme.has_black_list, "is_example": scheme.is_example,
    }  # fmt: skip
    kept = {name: changes.pop(name) for name in list(changes) if name in whole}
    return {**whole, **kept, "definition": replace(definition, **changes)}
