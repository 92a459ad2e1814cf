"""One small form an action, with the rules of the API's bodies; each gives the keywords of its use-case."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.enums import UnitKind
from orgs.models import Department, Unit
from orgs.web.form_fields import MomentField
from orgs.workflow.forms import ActionForm, PhotosForm
from tasks.catalogue.catalogue import Proposal, callable_departments, propose, rules_in_force
from tasks.enums import (
    AssignmentRole,
    DeclineReason,
    LimitKind,
    Outcome,
    RequestKind,
    Stars,
    Status,
    WhistleKind,
    Who,
)
from tasks.models import MAX_TEXT, Category, DecisionRequest, Task, WhistleRule
from tasks.workflow.queries import likely_duplicates
from tasks.workflow.rules.relations import relations

if TYPE_CHECKING:
    from orgs.models import User

MAX_SENTENCE = 500
YES_NO = (("1", _("yes")), ("0", _("no")))


def _remark(label: Any, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 4}), **options
    )


def _yes_no(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=YES_NO, coerce=lambda text: text == "1", widget=forms.RadioSelect
    )


class ReasonForm(ActionForm):
    reason = _remark(_("Reason"))


class TextForm(ActionForm):
    text = _remark(_("What to say"))


class ContactForm(ActionForm):
    text = _remark(_("What was said"), help_text=_("The first contact counts for the time limit."))


class FinishForm(ActionForm):
    text = _remark(_("What your department did"))


class CommentForm(ActionForm):
    text = _remark(_("Remark"))
    internal = forms.BooleanField(
        label=_("Only for the authorities"),
        help_text=_("Neither the reporter nor members see it."),
        required=False,
    )

    def prepare(self) -> None:
        mine = relations(self.row, self.user)
        if not mine - {Who.REPORTER, Who.HELPER, Who.TAKER, Who.VIEWER, Who.CALL_BACK}:
            del self.fields["internal"]


class WithdrawForm(ActionForm):
    reason = _remark(_("Reason"), required=False)


class DeclineForm(ActionForm):
    reason_code = forms.ChoiceField(
        label=_("Why it cannot be taken on"),
        choices=DeclineReason.choices,
        widget=forms.RadioSelect,
        help_text=_("Only these reasons are allowed. What is merely difficult is taken on."),
    )
    reason = _remark(_("Explanation for the reporter"))


class WhistleForm(ActionForm):
    kind = forms.ChoiceField(
        label=_("Kind of whistle"), choices=WhistleKind.choices, widget=forms.RadioSelect
    )
    reason = _remark(_("Why departments are needed"))

    def prepare(self) -> None:
        rules = rules_in_force()
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [
            (whistle_kind.value, _described(whistle_kind, rules[whistle_kind]))
            for whistle_kind in WhistleKind
        ]
        kind.initial = WhistleKind.EMERGENCY if self.row.is_urgent else WhistleKind.PUBLIC


def _described(kind: WhistleKind, rule: WhistleRule) -> str:
    """The kind with its limits, so that nobody has to know them by heart."""
    limits = str(
        _("report in within %(report_in)s, contact within %(contact)s, done within %(done)s")
    ) % {
        "report_in": rule.span(LimitKind.REPORT_IN).words(),
        "contact": rule.span(LimitKind.CONTACT).words(),
        "done": rule.span(LimitKind.RESOLVE).words(),
    }
    signed = str(_("; the street's leadership signs first")) if rule.needs_signature else ""
    return str(_("%(kind)s: %(limits)s")) % {"kind": kind.label, "limits": limits + signed}


class DispatchForm(ActionForm):
    """Who leads, who assists; what the duty lists propose is chosen already, with its line."""

    lead = forms.ModelChoiceField(
        label=_("Lead"),
        queryset=Department.objects.none(),
        to_field_name="code",
        error_messages={"required": _("Choose the department that leads.")},
    )
    assist = forms.ModelMultipleChoiceField(
        label=_("Assisting"),
        queryset=Department.objects.none(),
        to_field_name="code",
        required=False,
    )

    def prepare(self) -> None:
        street = self.row.unit.get_root()
        self.departments: list[Department] = list(callable_departments(street).order_by("code"))
        for name in ("lead", "assist"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = callable_departments(street)
        self.proposal: Proposal = propose(self.row.category, street)

    def clean(self) -> dict[str, Any]:
        """Who leads does not assist as well."""
        cleaned = super().clean() or self.cleaned_data
        lead = cleaned.get("lead")
        cleaned["assist"] = [
            department for department in cleaned.get("assist") or () if department != lead
        ]
        return cleaned

    @property
    def lines(self) -> list[dict[str, Any]]:
        """One line a department: whether it leads or assists, and the duty that says so."""
        proposed = {duty.department_id: duty for duty in self.proposal.assist}
        leading = self.proposal.lead
        if leading:
            proposed[leading.department_id] = leading
        if self.is_bound:
            lead = self.data.get("lead", "")
            assist = set(self.data.getlist("assist"))  # type: ignore[attr-defined]  # a QueryDict
        else:
            lead = leading.department.code if leading else ""
            assist = {duty.department.code for duty in self.proposal.assist}
        lines = [
            {
                "department": department,
                "leads": department.code == lead,
                "assists": department.code in assist,
                "duty": proposed.get(department.pk),
            }
            for department in self.departments
        ]
        return sorted(lines, key=lambda line: (not line["leads"], line["duty"] is None))


class OfferForm(ActionForm):
    minutes = forms.IntegerField(
        label=_("Service minutes"),
        min_value=1,
        max_value=24 * 60,
        required=False,
        help_text=_("How long the work will take."),
    )
    points = forms.IntegerField(label=_("Points"), min_value=0, max_value=1000, required=False)


class ResolveForm(PhotosForm):
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=Outcome.choices, widget=forms.RadioSelect
    )
    text = _remark(_("What was done"), help_text=_("The reporter reads this."))
    reason = _remark(_("Why it is done although others are not finished"))
    field_order = ("outcome", "text", "reason", "photos")

    def prepare(self) -> None:
        super().prepare()
        self.fields["outcome"].initial = Outcome.SOLVED
        self.fields["photos"].help_text = _("At most nine. A picture of the result convinces.")
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

    def prepare(self) -> None:
        if Who.REPORTER not in relations(self.row, self.user):
            self.fields["contacted"].label = _("Was the reporter contacted?")
            self.fields["resolved"].label = _("Does the reporter find it solved?")
            self.fields["stars"].label = _("How satisfied is the reporter?")


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
            kinds = {"own": self.row.category.name, "other": other.category.name}
            message = _(
                "They are of different kinds: “%(own)s” and “%(other)s”. Is it one problem?"
            )
            self.add_error("across", str(message) % kinds)

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
    reason = _remark(_("Reason"))

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
    reason = _remark(_("Reason"))

    def prepare(self) -> None:
        if self.row.resolve_by:
            later = max(self.row.resolve_by, timezone.now()) + timedelta(days=3)
            self.fields["until"].initial = timezone.localtime(later).replace(
                second=0, microsecond=0
            )


class DecisionForm(ActionForm):
    granted = forms.TypedChoiceField(
        label=_("Decision"),
        choices=(("1", _("granted")), ("0", _("not granted"))),
        coerce=lambda text: text == "1",
        widget=forms.RadioSelect,
    )
    reason = _remark(_("Reason"))

    kind: ClassVar[RequestKind]

    @property
    def asked(self) -> DecisionRequest | None:
        """What is to be decided on."""
        return next(iter(self.row.undecided(self.kind)), None)


class ExtensionDecisionForm(DecisionForm):
    kind = RequestKind.EXTENSION


class RefusalDecisionForm(DecisionForm):
    kind = RequestKind.REFUSAL

    def prepare(self) -> None:
        super().prepare()
        granted = self.fields["granted"]
        assert isinstance(granted, forms.TypedChoiceField)
        granted.choices = [
            ("1", _("Refusal granted: another department is dispatched")),
            ("0", _("Refusal not granted: this department handles it")),
        ]
