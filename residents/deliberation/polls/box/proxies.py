"""Written powers of attorney to vote."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from orgs.attachments.attachments import own_attachments
from orgs.audit import audit
from orgs.errors import Refused, WrongState
from orgs.models import Attachment, User
from residents.deliberation.enums import Channel, Electorate, PollState, Rule
from residents.deliberation.models import Ballot, PaperBallot, Poll, Proxy, RollEntry, Turnout
from residents.deliberation.polls import poll_settings, queries
from residents.deliberation.polls.box import chain
from residents.deliberation.polls.course.workflow import WORKFLOW
from residents.deliberation.polls.roll.rolls import mine, must_keep


@transaction.atomic
def give(
    *,
    entry: RollEntry,
    holder: RollEntry | str,
    by: User,
    now: datetime,
    paper: Attachment | None = None,
) -> Proxy:
    """Enters a written power of attorney for an entry of a roll.

    `holder`: another entry of this roll, or a name. It counts only when cast. Raises NotAllowed outside
    the desk; WrongState `proxy_limit`, `no_proxies`, `already_given`; Refused for a candidate
    (居民委员会组织法, art. 19).
    """
    must_keep(by, entry.poll)
    # One at a time, so that nobody is given one too many.
    poll = WORKFLOW.locked(entry.poll)
    if poll.state not in (PollState.ANNOUNCED, PollState.OPEN) or entry.is_void:
        raise WrongState(_("Proxies are entered from the announcement until voting closes."))
    settings = poll_settings.of(poll)
    if poll.electorate == Electorate.REPRESENTATIVES or settings.proxy_limit == 0:
        raise WrongState(_("This poll knows no proxies."), code="no_proxies")
    voter = holder if isinstance(holder, RollEntry) else None
    name = (holder.name if isinstance(holder, RollEntry) else holder).strip()
    if not name or len(name) > 40:
        raise Refused(_("Name the proxy."), field="holder")
    if poll.rule == Rule.ELECTION:
        if voter is None:
            raise Refused(_("The proxy is another voter of this roll."), field="holder")
        if name in settings.candidates:
            raise Refused(_("A candidate takes no proxies."), code="candidate", field="holder")
    held = Proxy.objects.filter(poll=poll, revoked_at=None)
    same = (
        held.filter(holder=voter.person)
        if voter and voter.person
        else held.filter(holder=None, holder_name=name)
    )
    if settings.proxy_limit is not None and same.count() >= settings.proxy_limit:
        sentence = _("%(name)s holds %(most)d proxies already, no more are allowed.")
        raise WrongState(
            sentence % {"name": name, "most": settings.proxy_limit}, code="proxy_limit"
        )
    own_attachments([paper] if paper else [], by.pk)
    try:
        with transaction.atomic():
            proxy = Proxy.objects.create(
                poll=poll,
                entry=entry,
                holder=voter.person if voter else None,
                holder_name=name,
                paper=paper,
                by=by,
                at=now,
            )
    except IntegrityError:
        raise WrongState(_("This voter has given a proxy already."), code="already_given") from None
    audit.record("deliberation.give-proxy", by=by, obj=proxy, now=now)
    return proxy


def holder_named(entry: RollEntry, text: str, *, column: str) -> RollEntry | str:
    """Who is meant by what was typed: digits are another entry of the roll, by its `column`: `number`
    as it stands on paper, `pk` as the API gives it; all else is a name. Raises Refused for no entry.
    """
    text = text.strip()
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        return text
    found = RollEntry.objects.filter(poll=entry.poll, is_void=False, **{column: int(text)})
    voter = found.exclude(pk=entry.pk).select_related("person").first()
    if voter is None:
        raise Refused(_("No other voter of this roll has this number."), field="holder")
    return voter


@transaction.atomic
def revoke(*, proxy: Proxy, by: User, now: datetime) -> Proxy:
    """Takes a power of attorney back, as long as it was not used.

    Raises NotAllowed outside the desk; WrongState `already_revoked`, `already_voted`.
    """
    must_keep(by, proxy.poll)
    if proxy.poll.opened_at:
        # The box, as whoever casts: it is used or taken back, never both.
        chain.locked_box(proxy.poll)
    proxy = Proxy.objects.select_for_update(of=("self",)).get(pk=proxy.pk)
    if proxy.revoked_at is not None:
        raise WrongState(_("This proxy was taken back already."), code="already_revoked")
    cast = Ballot.objects.filter(entry=proxy.entry_id, channel=Channel.PROXY)
    papers = PaperBallot.objects.filter(proxy=proxy, state__in=PaperBallot.WAITING)
    if cast.exists() or papers.exists() or Turnout.objects.filter(proxy=proxy).exists():
        raise WrongState(_("It was used already."), code="already_voted")
    Proxy.objects.filter(pk=proxy.pk).update(revoked_at=now)
    audit.record("deliberation.revoke-proxy", by=by, obj=proxy, now=now)
    proxy.refresh_from_db()
    return proxy


@transaction.atomic
def record_turnout(*, entry: RollEntry, by: User, now: datetime, by_proxy: bool = False) -> Turnout:
    """Writes down that somebody voted in an election: never what (居民委员会组织法, art. 19).

    Who comes in person takes the proxy back. Raises WrongState for a second time, Refused
    (`no_proxy`) where none is entered.
    """
    must_keep(by, entry.poll)
    poll = entry.poll
    if poll.rule != Rule.ELECTION or poll.state != PollState.OPEN or entry.is_void:
        raise WrongState(_("Turnout is written down while an election runs."))
    held = Proxy.objects.select_for_update(of=("self",)).filter(entry=entry, revoked_at=None)
    proxy = held.first() if by_proxy else None
    if by_proxy and proxy is None:
        raise Refused(_("No proxy is entered for this voter."), code="no_proxy", field="by_proxy")
    try:
        with transaction.atomic():
            turnout = Turnout.objects.create(poll=poll, entry=entry, proxy=proxy, by=by, at=now)
    except IntegrityError:
        raise WrongState(_("This voter has voted."), code="already_voted") from None
    if proxy is None:
        Proxy.objects.filter(entry=entry, revoked_at=None).update(revoked_at=now)
    audit.record("deliberation.turnout", by=by, obj=entry, now=now)
    return turnout


def published(poll: Poll, reader: User) -> QuerySet[Proxy]:
    """The proxies whose names somebody reads: of an election everybody's, as the law says (居民委员会组织法
    19); elsewhere all of them for who watches the poll, one's own for others.
    """
    found = Proxy.objects.filter(poll=poll, revoked_at=None).select_related(
        "entry__poll__unit", "entry__person", "entry__successor"
    )
    if poll.rule == Rule.ELECTION or queries.watches(reader, poll):
        return found
    own = Q(holder__account=reader) | Q(entry__in=mine(reader, poll).values("pk"))
    return found.filter(own)
