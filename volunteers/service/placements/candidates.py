"""The pool of secretaries-to-be (书记人选库): branch and community propose, the member agrees, the street
lists for a term. Whoever appoints sees it, who is meant, and who proposed; nobody else.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Unit
from orgs.scoping import reach_of
from orgs.values.names import is_visible
from volunteers.service.enums import APPOINTERS, CandidateState, Permission
from volunteers.service.models import Participant, SecretaryCandidate
from volunteers.service.reportins.same_person import is_own_case, is_same_person, refuse_own_case

if TYPE_CHECKING:
    from orgs.models import User


@transaction.atomic
def propose(
    *, participant: Participant, unit: Unit, text: str, by: "User", now: datetime
) -> SecretaryCandidate:
    """The branch's or the community's proposal; the second one joins the first.

    Raises NotAllowed, Refused without what speaks for it, WrongState (`proposed`) for the same side
    twice, and for one person as both.
    """
    if not by.has_perm(Permission.PROPOSE_SECRETARIES, unit):
        raise NotAllowed(_("Branch and community propose."))
    if is_own_case(participant, by):
        raise NotAllowed(_("Nobody proposes themselves."), code="own_case")
    if not is_visible(text):
        raise Refused(_("Say what speaks for it."), code="no_text", field="text")
    is_branch = Role.BRANCH_SECRETARY in reach_of(by).roles_at(unit)
    open_rows = SecretaryCandidate.objects.select_for_update(of=("self",)).exclude(
        state=CandidateState.REMOVED
    )
    row = open_rows.filter(participant=participant).first()
    if row is None:
        row = SecretaryCandidate(participant=participant, unit=unit, text=text.strip())
    elif any(is_same_person(one, by) for one in (row.branch_by, row.community_by)) or (
        row.branch_by_id if is_branch else row.community_by_id
    ):
        raise WrongState(_("This side has proposed already."), code="proposed")
    else:
        row.text = f"{row.text}\n\n{text.strip()}"
    if is_branch:
        row.branch_by, row.branch_at = by, now
    else:
        row.community_by, row.community_at = by, now
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise WrongState(_("This side has proposed already."), code="proposed") from None
    audit.record("service.propose-secretary", by=by, obj=row, now=now)
    return row


@transaction.atomic
def consent(*, candidate: SecretaryCandidate, by: "User", now: datetime) -> SecretaryCandidate:
    """Who is meant agrees. Raises NotAllowed for anybody else, WrongState where it is settled."""
    row = _locked(candidate)
    if row.participant.account_id != by.pk:
        raise NotAllowed(_("Who is meant agrees, nobody for them."))
    if row.consented_at or row.state != CandidateState.PROPOSED:
        raise WrongState(_("This is settled already."), code="settled")
    row.consented_at = now
    row.save(update_fields=["consented_at"])
    audit.record("service.agree-candidacy", by=by, obj=row, now=now)
    return row


@transaction.atomic
def enlist(
    *, candidate: SecretaryCandidate, starts: date, ends: date, by: "User", now: datetime
) -> SecretaryCandidate:
    """Whoever appoints takes somebody into the pool for a term.

    Raises NotAllowed, WrongState (`incomplete`) before both have proposed and the member agreed.
    """
    row = _locked(candidate)
    if not reach_of(by).roles_at(row.unit) & APPOINTERS:
        raise NotAllowed(_("Whoever appoints keeps the pool."))
    refuse_own_case(row.participant, by)
    if row.state != CandidateState.PROPOSED:
        raise WrongState(_("This is settled already."), code="settled")
    if not (row.branch_by_id and row.community_by_id and row.consented_at):
        message = _("Branch and community propose, and the member agrees first.")
        raise WrongState(message, code="incomplete")
    if ends <= starts:
        raise Refused(_("The end lies before the beginning."), code="ends_first", field="ends")
    row.state, row.starts, row.ends = CandidateState.LISTED, starts, ends
    row.save(update_fields=["state", "starts", "ends"])
    audit.record("service.enlist-secretary", by=by, obj=row, now=now)
    return row


@transaction.atomic
def remove(
    *, candidate: SecretaryCandidate, reason: str = "", by: "User", now: datetime
) -> SecretaryCandidate:
    """Out of the pool: whoever appoints, with a reason, or who is meant, without one."""
    row = _locked(candidate)
    own = row.participant.account_id == by.pk
    if not own and not reach_of(by).roles_at(row.unit) & APPOINTERS:
        raise NotAllowed(_("Whoever appoints keeps the pool."))
    if row.state == CandidateState.REMOVED:
        raise WrongState(_("This is settled already."), code="settled")
    if not own and not is_visible(reason):
        raise Refused(_("Say why."), code="no_reason", field="reason")
    row.state, row.reason = CandidateState.REMOVED, reason.strip()[:300]
    row.save(update_fields=["state", "reason"])
    audit.record("service.remove-secretary", by=by, obj=row, now=now)
    return row


def _locked(candidate: SecretaryCandidate) -> SecretaryCandidate:
    rows = SecretaryCandidate.objects.select_for_update(of=("self",))
    found: SecretaryCandidate = rows.select_related("participant", "unit").get(pk=candidate.pk)
    return found
