"""Who may take which action from which state, and the one way in which a row changes its state.

A client subclasses `Workflow` and hands it a table of transitions, keyed by its enum of actions.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.attachments.attachments import own_attachments
from orgs.audit import audit
from orgs.errors import DomainError, NotAllowed, WrongState
from orgs.models import Attachment, User

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class System:
    """The portal itself, for the actions that nobody takes."""

    pk: None = None
    is_authenticated: bool = False
    is_superuser: bool = False


SYSTEM = System()

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Transition:
    """From some states to a state (None: it stays) by whoever is one of these to the row.

    `guard` raises a DomainError where more than role and state has to be right.
    """

    sources: Set[models.TextChoices]
    target: models.TextChoices | None
    who: Set[models.TextChoices]
    guard: Callable[[Any, Any, datetime], None] | None = None

    def permit(self, row: Any, user: Any, now: datetime) -> None:
        """Raises what forbids this transition beyond role and state."""
        if self.guard:
            self.guard(row, user, now)


def _no_sentence(entry: Any, *, internal: bool) -> str:
    return ""


class Transitions(tuple[Transition, ...]):
    """All transitions of one action, and what an entry of the timeline adds to its name.

    Without any transition only the portal takes the action (reporting, reminding).
    """

    sentence: Callable[..., str]

    def __new__(
        cls, *transitions: Transition, sentence: Callable[..., str] = _no_sentence
    ) -> "Transitions":
        transitions_of_action = super().__new__(cls, transitions)
        transitions_of_action.sentence = sentence
        return transitions_of_action


@dataclass
class Step(Generic[Row]):
    """One action under way: the locked row, and what the timeline will say.

    The use-case changes `row`, and may set another `target` than the table's.
    """

    row: Row
    action: Any
    by: Any
    now: datetime
    who: models.TextChoices
    source: str = ""
    target: models.TextChoices | None = None
    transition: Transition | None = None
    text: str = ""
    attachments: "Sequence[Attachment]" = ()

    @property
    def account(self) -> User | None:
        """Who acts, if with an account."""
        return self.by if isinstance(self.by, User) else None


@dataclass(frozen=True)
class Option:
    """An action for which somebody has the role; `refusal` says why it is closed now."""

    action: Any
    refusal: str = ""

    @property
    def is_open(self) -> bool:
        return not self.refusal


class Workflow(Generic[Row]):
    """The transitions of one model.

    Subclasses name the states and their field, the related name of the timeline and that of its
    attachments, and write `relations`, `locked` and `columns`.
    """

    model: ClassVar[type[models.Model]]
    step_class: ClassVar[type[Step]] = Step
    states: ClassVar[type[models.TextChoices]]
    state: ClassVar[str]
    timeline: ClassVar[str]
    # What the audit calls an action; {action} stands for its value.
    audit_action: ClassVar[str]

    def __init__(self, transitions: Mapping[Any, Transitions]) -> None:
        self.transitions = transitions

    @property
    def name(self) -> str:
        """What a row is called, by its use-cases too."""
        return str(self.model._meta.model_name)

    # --- What a client writes --------------------------------------------------------------------

    def relations(self, row: Row, user: Any) -> frozenset[Any]:
        """Everything that somebody is to a row, as values of an enum."""
        raise NotImplementedError

    def locked(self, row: Row) -> Row:
        """The row, locked until the end of the transaction, with all that decisions need."""
        raise NotImplementedError

    def columns(self, step: Any) -> dict[str, Any]:
        """The client's own columns of a timeline entry."""
        raise NotImplementedError

    def audited(self, step: Any) -> dict[str, Any]:
        """What the audit keeps of a step, beside who took it as what."""
        raise NotImplementedError

    # --- Asking ----------------------------------------------------------------------------------

    def check(
        self, row: Row, action: Any, user: Any, now: datetime | None = None
    ) -> tuple[Transition, Any]:
        """The transition that somebody may make now, and what allows it: the first relation that fits.

        Role first, then state, then the guard. Raises NotAllowed (403) or WrongState (409), which
        says what is possible instead.
        """
        relations, now = self.relations(row, user), now or timezone.now()
        try:
            return self._check(row, action, user, relations, now)
        except WrongState as refusal:
            refusal.extra |= self._present(row, user, relations, now)
            raise

    def is_open(self, row: Row, action: Any, user: Any, now: datetime | None = None) -> bool:
        """Whether somebody may take an action now."""
        return self.first_open(row, [action], user, now) is not None

    def first_open(
        self, row: Row, actions: Iterable[Any], user: Any, now: datetime | None = None
    ) -> Any:
        """The first of some actions that somebody may take now; None where none is open."""
        relations, now = self.relations(row, user), now or timezone.now()
        state = getattr(row, self.state)
        for action in actions:
            for transition in self.transitions[action]:
                if state in transition.sources and transition.who & relations:
                    try:
                        transition.permit(row, user, now)
                    except DomainError:
                        continue
                    return action
        return None

    def may(self, row: Row, action: Any, user: Any) -> bool:
        """Whether somebody has the role for an action, whatever the state."""
        relations = self.relations(row, user)
        return any(transition.who & relations for transition in self.transitions[action])

    def options(self, row: Row, user: Any, now: datetime | None = None) -> list[Option]:
        """Everything that somebody has a role for, open or closed and why, in the table's order."""
        return self._options(row, user, self.relations(row, user), now or timezone.now())

    def available_actions(self, row: Row, user: Any, now: datetime | None = None) -> list[Any]:
        """The actions open to somebody now."""
        return [option.action for option in self.options(row, user, now) if option.is_open]

    def _check(
        self, row: Row, action: Any, user: Any, relations: frozenset[Any], now: datetime
    ) -> tuple[Transition, Any]:
        fitting = [
            transition for transition in self.transitions[action] if transition.who & relations
        ]
        if not fitting:
            raise NotAllowed(_("You may not do this."))
        refusal: DomainError | None = None
        for transition in fitting:
            if getattr(row, self.state) in transition.sources:
                try:
                    transition.permit(row, user, now)
                    return transition, in_order(transition.who & relations)[0]
                except DomainError as closed:
                    refusal = closed
        raise refusal or WrongState(
            _("This is not possible now: the state is “%(state)s”.") % {"state": self._label(row)}
        )

    def _options(
        self, row: Row, user: Any, relations: frozenset[Any], now: datetime
    ) -> list[Option]:
        options, state = [], getattr(row, self.state)
        for action, transitions in self.transitions.items():
            fitting = [transition for transition in transitions if transition.who & relations]
            if not fitting:
                continue
            refusal = ""
            if not any(state in transition.sources for transition in fitting):
                refusal = _("not while “%(state)s”") % {"state": self._label(row)}
            else:
                try:
                    self._check(row, action, user, relations, now)
                except NotAllowed:
                    continue
                except DomainError as closed:
                    refusal = closed.message
            options.append(Option(action, refusal))
        return options

    def _present(
        self, row: Row, user: Any, relations: frozenset[Any], now: datetime
    ) -> dict[str, Any]:
        """What somebody is told who was refused: the state, and what is possible in it."""
        options = self._options(row, user, relations, now)
        return {
            f"{self.name}_{self.state}": getattr(row, self.state),
            "available_actions": [option.action.value for option in options if option.is_open],
        }

    def sentence(self, entry: Any, *, internal: bool = False) -> str:
        """What an entry of the timeline adds to its action; `internal`: for the authorities too."""
        return self.transitions[entry.action].sentence(entry, internal=internal)

    def _label(self, row: Row) -> str:
        return str(getattr(row, f"get_{self.state}_display")())

    # --- Steps -----------------------------------------------------------------------------------

    @contextmanager
    def step(self, action: Any, row: Row, *, by: Any, now: datetime) -> Iterator[Any]:
        """Locks the row, checks that `by` may act, and writes state, timeline and audit at the end.

        Raises what `check` raises. Somebody who was overtaken between looking and acting gets
        WrongState, also where the other's action took the role away.
        """
        with transaction.atomic():
            current = self.locked(row)
            before = _values(current)
            try:
                transition, who = self.check(current, action, by, now)
            except NotAllowed as refusal:
                seen = vars(row)
                if all(seen.get(name, value) == value for name, value in before.items()):
                    raise
                raise WrongState(
                    _("Somebody else was faster: the state is “%(state)s” now.")
                    % {"state": self._label(current)},
                    extra=self._present(current, by, self.relations(current, by), now),
                ) from refusal
            source, target = getattr(current, self.state), transition.target
            step = self.step_class(current, action, by, now, who, source, target, transition)
            yield step
            if step.target is not None:
                setattr(current, self.state, step.target)
            self.record(step)
            changed = [name for name, value in _values(current).items() if value != before[name]]
            if changed:
                current.save(update_fields=changed)

    def record(self, step: Any) -> Any:
        """Writes the timeline entry and the audit entry of a step, and joins its attachments.

        Raises Refused for attachments that are not the actor's own, or used already.
        """
        step.attachments = own_attachments(step.attachments, step.by.pk)
        entry = getattr(step.row, self.timeline).create(
            action=step.action, by=step.account, at=step.now, text=step.text, **self.columns(step)
        )
        if step.attachments:
            attached = entry.attached
            attached.model.objects.bulk_create(
                attached.model(
                    **{attached.field.name: entry}, attachment=attachment, position=position
                )
                for position, attachment in enumerate(step.attachments)
            )
        audit.record(
            self.audit_action.format(action=step.action.value),
            by=step.account,
            obj=step.row,
            now=step.now,
            detail={
                "from": step.source,
                "to": getattr(step.row, self.state),
                "as": step.who.value,
                **self.audited(step),
            },
        )
        return entry


def in_order(members: Set[models.TextChoices]) -> list[models.TextChoices]:
    """Members of an enum in its order."""
    return sorted(members, key=lambda member: list(type(member).__members__).index(member.name))


def _values(row: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
