"""One small form an action, with the rules of the API's bodies; each gives the keywords of its use-case."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orgs.enums import UnitKind
from orgs.models import Unit
from orgs.web.form_fields import MomentField
from orgs.workflow.forms import ActionForm, PhotosForm
from tasks.enums import (
    AssignmentRole,
    DeclineReason,
    LimitKind,
    Outcome,
    Stars,
    Status,
    Who,
)
from tasks.models import MAX_TEXT, Category, Task
from tasks.workflow.queries import likely_duplicates
from tasks.workflow.rules.relations import relations
from tasks.workflow.steps.triage import of_other_kinds
from volunteers.service.accounts.work_orders import most_minutes

if TYPE_CHECKING:
    from orgs.models import User

MAX_SENTENCE = 500
YES_NO = (("1", _("yes")), ("0", _("no")))


def remark(label: Any, **options: Any) -> forms.CharField:
    """A box for some sentences."""
    return forms.CharField(
        label=label, max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 4}), **options
    )


def _yes_no(label: Any, **options: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=YES_NO,
        coerce=lambda text: text == "1",
        widget=forms.RadioSelect,
        **options,
    )


class ReasonForm(ActionForm):
    reason = remark(_("Reason"))


class ContactForm(ActionForm):
    text = remark(_("What was said"), help_text=_("The first contact counts for the time limit."))


class FinishForm(ActionForm):
    text = remark(_("What your department did"))


class UrgeForm(PhotosForm):
    """One tap is enough; who wants to may say more."""

    text = remark(_("What to say"), required=False)
    field_order = ("text", "photos")


class ReopenForm(PhotosForm):
    reason = remark(_("What is not solved yet?"))
    field_order = ("reason", "photos")


class CommentForm(PhotosForm):
    text = remark(_("Remark"))
    internal = forms.BooleanField(
        label=_("Only for the authorities"),
        help_text=_("Neither the reporter nor members see it."),
        required=False,
    )

    field_order = ("text", "photos", "internal")

    def prepare(self) -> None:
        super().prepare()
        mine = relations(self.row, self.user)
        if not mine - {Who.REPORTER, Who.HELPER, Who.TAKER, Who.VIEWER, Who.CALL_BACK}:
            del self.fields["internal"]


class WithdrawForm(ActionForm):
    reason = remark(_("Reason"), required=False)


class DeclineForm(ActionForm):
    reason_code = forms.ChoiceField(
        label=_("Why it cannot be taken on"),
        choices=DeclineReason.choices,
        widget=forms.RadioSelect,
        help_text=_("Only these reasons are allowed. What is merely difficult is taken on."),
    )
    reason = remark(_("Explanation for the reporter"))


class OfferForm(ActionForm):
    minutes = forms.IntegerField(
        label=_("Service minutes"),
        min_value=1,
        max_value=24 * 60,
        required=False,
    )
    points = forms.IntegerField(label=_("Points"), min_value=0, max_value=1000, required=False)

    def prepare(self) -> None:
        """The most that the rule in force credits; a longer work is refused with the same sentence."""
        most, minutes = most_minutes(), self.fields["minutes"]
        minutes.help_text = gettext(
            "How long the work will take: at most %(most)d minutes are credited."
        ) % {"most": most}
        minutes.widget.attrs["max"] = most


class ResolveForm(PhotosForm):
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=Outcome.choices, widget=forms.RadioSelect
    )
    text = remark(_("What was done"), help_text=_("The reporter reads this."))
    reason = remark(_("Why it is done although others are not finished"))
    field_order = ("outcome", "text", "reason", "photos")

    def prepare(self) -> None:
        super().prepare()
        self.fields["outcome"].initial = Outcome.SOLVED
        self.fields["photos"].help_text = _("At most nine. A picture of the result convinces.")
        if self.row.limit_kind == LimitKind.CONTACT:
            self.fields["text"].help_text = _(
                "Nobody has spoken to the reporter yet: note the contact first. Done without one, it "
                "counts as a missed contact. The reporter reads what you write here."
            )
        if not self._others_work():
            del self.fields["reason"]

    def _others_work(self) -> bool:
        if self.row.status != Status.REPORTED_IN:
            return False
        return any(
            assignment.is_active and assignment.role == AssignmentRole.ASSIST
            for assignment in self.row.assignments.all()
        )


class RateForm(ActionForm):
    """What is not solved is not closed without a word: its reporter is asked whether to go on."""

    contacted = _yes_no(_("Did somebody contact you about it?"))
    resolved = _yes_no(_("Is the problem solved?"))
    stars = forms.TypedChoiceField(
        label=_("How satisfied are you?"),
        choices=Stars.choices,
        coerce=int,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("A sentence"),
        max_length=MAX_SENTENCE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    again = _yes_no(
        _("Shall it be taken up again?"),
        required=False,
        empty_value=None,
        help_text=_(
            "If so, your words go back to the community, and you are asked again at the end."
        ),
    )

    def prepare(self) -> None:
        is_reporter = Who.REPORTER in relations(self.row, self.user)
        if self._is_unsolved():
            again = self.fields["again"]
            again.required = True
            again.error_messages["required"] = (
                _("It is not solved, or nobody contacted you: say yes or no.")
                if is_reporter
                else _("It is not solved, or the reporter was not contacted: say yes or no.")
            )
        else:
            del self.fields["again"]
        if not is_reporter:
            self.fields["contacted"].label = _("Was the reporter contacted?")
            self.fields["resolved"].label = _("Does the reporter find it solved?")
            self.fields["stars"].label = _("How satisfied is the reporter?")
        if not is_reporter and "again" in self.fields:
            self.fields["again"].label = _("Does the reporter want it taken up again?")
            self.fields["again"].help_text = _(
                "If so, the reporter's words go back to the community, and the reporter is asked "
                "again at the end."
            )

    def _is_unsolved(self) -> bool:
        return any(self[name].data == "0" for name in ("contacted", "resolved"))


class MergeForm(ActionForm):
    candidate = forms.ChoiceField(
        label=_("Likely the same"), widget=forms.RadioSelect, required=False
    )
    number = forms.CharField(
        label=_("Number of the other report"),
        max_length=20,
        required=False,
        help_text=_("If it is not listed above."),
    )
    across = forms.BooleanField(
        label=_("It is the same problem all the same: merge them"), required=False
    )

    def prepare(self) -> None:
        if not self.is_bound:
            del self.fields["across"]
        alike = likely_duplicates(self.row.unit, self.row.category, timezone.now())
        visible = Task.objects.visible_to(cast("User", self.user)).filter(
            pk__in=[task.pk for task in alike]
        )
        choices = [
            (task.number, f"{task.number} {task.title} · {task.unit}")
            for task in visible.exclude(pk=self.row.pk).select_related("unit")
        ]
        if choices:
            field = self.fields["candidate"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        else:
            del self.fields["candidate"]
            self.fields["number"].help_text = ""

    def clean(self) -> dict[str, Any]:
        """Only a task that the person sees can be the other one."""
        cleaned = super().clean() or self.cleaned_data
        number = (cleaned.get("number") or cleaned.get("candidate") or "").strip().upper()
        seen = Task.objects.visible_to(cast("User", self.user))
        task = seen.filter(number=number).first() if number else None
        if not number:
            self.add_error("number", _("Choose a report, or enter its number."))
        elif task is None:
            self.add_error("number", _("There is no such task in your sight."))
        cleaned["into"] = task
        self._ask_across(task, sure=bool(cleaned.get("across")))
        return cleaned

    def _ask_across(self, other: Task | None, *, sure: bool) -> None:
        """Two kinds are rarely one problem: whoever merges them says so."""
        if other is None or other.category_id == self.row.category_id:
            del self.fields["across"]
        elif not sure:
            self.add_error("across", of_other_kinds(self.row, other))

    def body(self) -> dict[str, Any]:
        return {"into": self.cleaned_data["into"]}


class CommunityField(forms.ModelChoiceField):
    """Communities by the names that people say."""

    def label_from_instance(self, unit: Any) -> str:
        return str(unit.short_name)


class TransferForm(ActionForm):
    unit = CommunityField(
        label=_("To which community"),
        queryset=Unit.objects.none(),
        to_field_name="code",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a community.")},
    )

    def prepare(self) -> None:
        place = self.row.unit
        others = Unit.objects.filter(tree_id=place.tree_id, kind=UnitKind.COMMUNITY)
        if place.level:
            others = others.exclude(lft__lte=place.lft, rght__gte=place.rght)
        field = self.fields["unit"]
        assert isinstance(field, CommunityField)
        field.queryset = others.order_by("lft")


class CorrectForm(ActionForm):
    """What it is and where; what stands there now is chosen."""

    category = forms.ModelChoiceField(
        label=_("Kind"), queryset=Category.objects.none(), to_field_name="code", empty_label=None
    )
    unit = forms.ModelChoiceField(
        label=_("Where"), queryset=Unit.objects.none(), to_field_name="code", empty_label=None
    )
    reason = remark(_("Reason"))

    def prepare(self) -> None:
        kinds = Category.objects.filter(is_selectable=True) | Category.objects.filter(
            pk=self.row.category_id
        )
        street = Who.STREET in relations(self.row, self.user)
        for name, rows in (
            ("category", kinds.select_related("parent").order_by(*_CATALOGUE)),
            ("unit", _places(self.row, street=street)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows
        category, unit = self.fields["category"], self.fields["unit"]
        category.initial, unit.initial = self.row.category.code, self.row.unit.code
        category.label_from_instance = _kind_label  # type: ignore[attr-defined]
        unit.label_from_instance = _place_label  # type: ignore[attr-defined]


_CATALOGUE = (F("parent__position").asc(nulls_last=True), "parent__code", "position", "code")


def _kind_label(kind: Category) -> str:
    return f"{kind.parent.name} · {kind.name}" if kind.parent else kind.name


def _place_label(unit: Unit) -> str:
    return unit.path_name.partition(" ")[2] or unit.path_name


def _places(task: Task, *, street: bool) -> QuerySet[Unit]:
    """The community's places; for the street all of its own, buildings near the present place only."""
    place = task.unit
    ancestors = Q(lft__lte=place.lft, rght__gte=place.rght)
    tree = Unit.objects.filter(tree_id=place.tree_id)
    near = tree.filter(ancestors, level__gte=1).order_by("level").first()
    inside = Q(lft__gte=near.lft, rght__lte=near.rght) if near else Q(level__lte=2)
    return tree.filter(inside | Q(level__lte=2) if street else inside).order_by("lft")


class ExtensionForm(ActionForm):
    until = MomentField(label=_("Until when"))
    reason = remark(_("Reason"))

    def prepare(self) -> None:
        if self.row.work_by:
            later = max(self.row.work_by, timezone.now()) + timedelta(days=3)
            self.fields["until"].initial = timezone.localtime(later).replace(
                second=0, microsecond=0
            )
