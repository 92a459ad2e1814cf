"""What pages, the API and jobs know of each action with a topic, in the order of the next steps."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from orgs.enums import Role
from orgs.workflow.notifications import Staff
from orgs.workflow.specification import Specification
from residents.deliberation.enums import TopicAction
from residents.deliberation.models import Topic, TopicEntry
from residents.deliberation.topics import bodies, forms
from residents.deliberation.topics.course import proposals, steps
from residents.deliberation.topics.course.relations import STREET_ROLES

# The kinds of notices.
MINE, SIGNED, TODO = "topic-mine", "topic-signed", "topic-todo"
COMMITTEE = frozenset({Role.OWNERS_COMMITTEE})
COMMUNITY = frozenset({Role.COMMUNITY_WORKER})
SECRETARY = frozenset({Role.BRANCH_SECRETARY})
SIDES = frozenset({Role.OWNERS_COMMITTEE, Role.PROPERTY_STAFF, Role.BRANCH_SECRETARY})

Told = dict[str, set[int]]


def signers(topic: Topic) -> set[int]:
    """The accounts of those who signed, whether under this text or an earlier one."""
    rows = topic.signatures.filter(ended_at=None, person__account__isnull=False)
    return set(rows.order_by().values_list("person__account", flat=True))


def _people(entry: TopicEntry, staff: Staff) -> Told:
    """The proposer and the signers read how their topic goes on."""
    topic = entry.topic
    mine = {topic.proposer_id}  # the desk too, which tells whose paper it was
    signed = staff.once(("signers", topic.pk), lambda: signers(topic))
    return {MINE: mine, SIGNED: signed - mine}


def _told(*roles: frozenset[Role], people: bool = True):  # type: ignore[no-untyped-def]
    """An audience: the people of the topic, and who holds one of the roles at its place."""
    wanted = frozenset().union(*roles)

    def audience(entry: TopicEntry, staff: Staff) -> Told:
        told = _people(entry, staff) if people else {}
        known: Iterable[int] = set().union(*told.values()) if told else ()
        if wanted:
            told[TODO] = staff.at(entry.topic.unit, wanted) - set(known)
        return told

    return audience


def _signed(topic: Topic) -> str:
    return _now("Your signature counts, under version %(version)d of the text.") % {
        "version": topic.text_version
    }


def _handed_in(topic: Topic) -> str:
    if topic.due_by is None:
        return _now("Handed in for review.")
    day = timezone.localdate(topic.due_by)
    return _now("Handed in; the review answers by %(day)s.") % {"day": date_format(day)}


def _rejects(topic: Topic) -> str:
    return _now("The topic “%(title)s” ends here; everybody reads your reason.") % {
        "title": topic.title
    }


A = TopicAction
SPECIFICATIONS: dict[TopicAction, Specification] = {
    A.RATE: Specification(
        steps.rate, forms.RateForm, bodies.RateBody, is_next_step=True,
        done=_("Thank you, your rating counts. Nobody reads whose it is."),
    ),
    A.DISCUSS: Specification(
        steps.discuss, done=_("The discussion is open."), audience=_told(SIDES, COMMUNITY),
        is_next_step=True,
    ),
    A.CO_SIGN: Specification(
        proposals.co_sign, forms.SignForm, bodies.SignBody, done=_signed, is_next_step=True,
    ),
    A.APPROVE: Specification(
        steps.approve, forms.ReasonForm, bodies.TopicReasonBody,
        done=_("Approved; now those who decide are called."), audience=_told(COMMITTEE, COMMUNITY),
        is_next_step=True,
    ),
    A.REVIEW: Specification(
        steps.review, forms.RemarkForm, bodies.TopicRemarkBody, done=_handed_in,
        audience=_told(SECRETARY), is_next_step=True,
    ),
    A.RECORD_DECISION: Specification(
        steps.record_decision, forms.DecisionForm, bodies.DecisionBody,
        done=_("The committee's decision is on record."), audience=_told(COMMUNITY),
    ),
    A.ANNOUNCE: Specification(
        steps.announce, forms.TextForm, bodies.TopicTextBody,
        done=lambda topic: _now("Public until %(day)s; print the notice for the board.")
        % {"day": date_format(topic.public_until)},
        audience=_told(COMMUNITY), is_next_step=True,
    ),
    A.EXECUTE: Specification(
        steps.execute, forms.RemarkForm, bodies.TopicRemarkBody,
        done=_("Now it is carried out; what was promised stands on the topic's page."),
        audience=_told(SIDES), is_next_step=True,
    ),
    A.EVALUATE: Specification(
        steps.evaluate, forms.RemarkForm, bodies.TopicRemarkBody,
        done=_("People can rate the result now."), audience=_told(), is_next_step=True,
    ),
    A.FINISH: Specification(
        steps.finish, forms.RemarkForm, bodies.TopicRemarkBody, done=_("The topic is closed."),
        audience=_told(), is_next_step=True,
    ),
    A.STATE: Specification(
        steps.state, forms.StateForm, bodies.StateBody,
        done=_("The statement stands on the topic's page."), audience=_told(COMMUNITY),
    ),
    A.STUDY: Specification(
        steps.study, forms.StudyForm, bodies.StudyBody, done=_("The study is on record."),
    ),
    A.REVISE: Specification(
        proposals.revise, forms.ReviseForm, bodies.ReviseBody,
        done=_("The new text stands; everybody who signed is told."), audience=_told(),
    ),
    A.REJECT: Specification(
        steps.reject, forms.ReasonForm, bodies.TopicReasonBody, question=_rejects,
        done=_("Not taken up; the reason is public."), audience=_told(COMMUNITY),
    ),
    A.ORDER: Specification(
        steps.order, forms.OrderForm, bodies.TopicOrderBody,
        done=_("The committee is ordered to convene within thirty days."),
        audience=_told(COMMITTEE, COMMUNITY),
    ),
    A.LAPSE: Specification(
        steps.lapse, forms.RemarkForm, bodies.TopicRemarkBody, done=_("The topic has lapsed."),
        audience=_told(),
    ),
    A.REOPEN: Specification(
        steps.reopen, forms.ReasonForm, bodies.TopicReasonBody, done=_("Taken up again: a new round."),
        audience=_told(SIDES, COMMUNITY),
    ),
    A.WITHDRAW_SIGNATURE: Specification(
        proposals.withdraw_signature, forms.SignForm, bodies.PaperBody,
        question=_("Your signature will not count any more."),
        done=_("Your signature is taken back."),
    ),
    A.WITHDRAW: Specification(
        proposals.withdraw, forms.ReasonForm, bodies.TopicReasonBody, done=_("The topic is withdrawn."),
    ),
    # Part of proposing, of signing, and of the limits.
    A.PROPOSE: Specification(audience=_told(COMMUNITY, COMMITTEE, SECRETARY, people=False)),
    A.REACH: Specification(audience=_told(COMMITTEE, COMMUNITY, SECRETARY)),
    A.REMIND: Specification(audience=_told(SECRETARY, people=False)),
    A.ESCALATE: Specification(audience=_told(COMMUNITY, STREET_ROLES, COMMITTEE)),
}  # fmt: skip
