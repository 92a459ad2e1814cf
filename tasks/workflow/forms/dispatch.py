"""The forms around calling departments: whistle, dispatch, decisions, handing on inside an office."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from orgs.models import Department, User
from orgs.workflow.forms import ActionForm, PhotosForm
from tasks.catalogue.catalogue import Proposal, callable_departments, propose, rules_in_force
from tasks.enums import Action, LimitKind, RequestKind, WhistleKind
from tasks.models import Assignment, DecisionRequest, Duty, Event, WhistleRule
from tasks.workflow.forms.tasks import remark
from tasks.workflow.queries import background, colleagues
from tasks.workflow.rules.relations import parts_of


class WhistleForm(PhotosForm):
    """The kind and why; which departments the community would call, those of the duty lists first."""

    kind = forms.ChoiceField(
        label=_("Kind of whistle"), choices=WhistleKind.choices, widget=forms.RadioSelect
    )
    reason = remark(_("Why departments are needed"))
    departments = forms.ModelMultipleChoiceField(
        label=_("Departments that you propose"),
        queryset=Department.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The street decides. Nobody needs to be proposed."),
    )
    field_order = ("kind", "reason", "departments", "photos")

    def prepare(self) -> None:
        super().prepare()
        rules = rules_in_force()
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [
            (whistle_kind.value, _described(whistle_kind, rules[whistle_kind]))
            for whistle_kind in WhistleKind
        ]
        kind.initial = WhistleKind.EMERGENCY if self.row.is_urgent else WhistleKind.PUBLIC
        _offer_departments(self)


def _offer_departments(form: ActionForm) -> None:
    """Fills `departments` with what the street may call, those with the duty for this kind first."""
    street = form.row.unit.get_root()
    proposal = propose(form.row.category, street)
    duties = [duty for duty in (proposal.lead, *proposal.assist) if duty]
    named = {duty.department_id: str(duty.get_role_display()) for duty in duties}
    field = form.fields["departments"]
    assert isinstance(field, forms.ModelMultipleChoiceField)
    field.queryset = callable_departments(street)
    order = {key: position for position, key in enumerate(named)}
    rows = sorted(field.queryset.order_by("code"), key=lambda one: order.get(one.pk, len(order)))
    field.choices = [
        (
            department.code,
            _("%(name)s (duty list: %(role)s)")
            % {"name": department.short_name, "role": named[department.pk]}
            if department.pk in named
            else department.short_name,
        )
        for department in rows
    ]


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
    """Who leads, who assists; what the duty lists propose is chosen already, with its line.

    For several tasks at once only where they are of one kind.
    """

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
    instructions = remark(
        _("Instructions"),
        required=False,
        help_text=_("For the departments; the reporter does not read them."),
    )

    def prepare(self) -> None:
        street = self.row.unit.get_root()
        self.departments: list[Department] = list(callable_departments(street).order_by("code"))
        for name in ("lead", "assist"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = callable_departments(street)
        self.has_several_kinds = any(row.category_id != self.row.category_id for row in self.others)
        self.proposal = (
            Proposal(None, []) if self.has_several_kinds else propose(self.row.category, street)
        )

    @cached_property
    def story(self) -> list[Event]:
        """The whistle, and who refused before; of one task."""
        return [] if self.others else background(self.row)

    @property
    def wished(self) -> set[str]:
        """The codes of the departments that the community proposed when it whistled."""
        whistles = [event for event in self.story if event.action == Action.WHISTLE]
        return set(whistles[-1].data.get("departments", ())) if whistles else set()

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
                "wished": department.code in self.wished,
            }
            for department in self.departments
        ]
        return sorted(
            lines,
            key=lambda line: (not line["leads"], line["duty"] is None and not line["wished"]),
        )


class DecisionForm(ActionForm):
    granted = forms.TypedChoiceField(
        label=_("Decision"),
        choices=(("1", _("granted")), ("0", _("not granted"))),
        coerce=lambda text: text == "1",
        widget=forms.RadioSelect,
    )
    reason = remark(_("Reason"))

    kind: ClassVar[RequestKind]

    @property
    def asked(self) -> DecisionRequest | None:
        """What is to be decided on."""
        return next(iter(self.row.undecided(self.kind)), None)


class ExtensionDecisionForm(DecisionForm):
    kind = RequestKind.EXTENSION


class RefusalDecisionForm(DecisionForm):
    """With the refusals before it, and the line of the duty lists that names the department."""

    kind = RequestKind.REFUSAL

    def prepare(self) -> None:
        super().prepare()
        granted = self.fields["granted"]
        assert isinstance(granted, forms.TypedChoiceField)
        granted.choices = [
            ("1", _("Refusal granted: another department is dispatched")),
            ("0", _("Refusal not granted: this department handles it")),
        ]

    @cached_property
    def story(self) -> list[Event]:
        """The whistle, and every refusal; the last one is what is asked now."""
        return background(self.row)

    @property
    def duties(self) -> list[Duty]:
        """What the duty lists say of the refusing department and this kind of problem."""
        asked = self.asked
        if asked is None:
            return []
        kinds = [pk for pk in (self.row.category_id, self.row.category.parent_id) if pk]
        lines = Duty.objects.filter(department=asked.department_id, category__in=kinds)
        return list(lines.select_related("department", "category").order_by("pk"))


class AssignForm(ActionForm):
    """To whom of the own office; who has it now is not offered. Of several own departments, whose part."""

    department = forms.ModelChoiceField(
        label=_("Whose part"),
        queryset=Department.objects.none(),
        to_field_name="code",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose which of your departments hands it on.")},
    )
    person = forms.ModelChoiceField(
        label=_("To whom"),
        queryset=User.objects.none(),
        to_field_name="username",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose somebody of your office.")},
    )
    note = remark(_("What to look at"), required=False)
    # Who had it when the form was shown: what changed meanwhile is not undone unseen.
    had = forms.CharField(required=False, widget=forms.HiddenInput)

    def prepare(self) -> None:
        parts = [part for part in parts_of(self.row, self.user) if part.is_active]
        today = timezone.localdate()
        self.has_it = {part.department_id: part.person_id for part in parts} or {
            0: self.row.handed_to_id
        }
        offices: list[Assignment | None] = [*parts] or [None]
        people: set[int] = set()
        for part in offices:
            holder = self.has_it[part.department_id if part else 0]
            people |= colleagues(self.row, part, today) - {holder}
        field = self.fields["person"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.filter(pk__in=people).order_by("name", "pk")
        field.label_from_instance = self._label  # type: ignore[method-assign, assignment]
        self.fields["had"].initial = self._had()
        if len(parts) < 2:
            del self.fields["department"]
            return
        whose = self.fields["department"]
        assert isinstance(whose, forms.ModelChoiceField)
        whose.queryset = Department.objects.filter(pk__in=self.has_it).order_by("code")

    def _had(self) -> str:
        """Who has each part, as the form keeps it."""
        return ",".join(str(person or "") for _key, person in sorted(self.has_it.items()))

    def _label(self, person: Any) -> str:
        return (
            str(_("%(name)s (yourself)") % {"name": person}) if person == self.user else str(person)
        )

    def clean(self) -> dict[str, Any]:
        """Whoever chose by an older page is told who has it now."""
        cleaned = super().clean() or self.cleaned_data
        if not self.others and cleaned.pop("had", "") != self._had():
            department = cleaned.get("department")
            holder = self.has_it.get(department.pk) if department else min(self.has_it.items())[1]
            name = User.objects.filter(pk=holder or 0).first() or _("nobody")
            changed: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
            self.data = changed
            changed[self.add_prefix("had")] = self._had()
            raise forms.ValidationError(
                _(
                    "Meanwhile it changed hands: %(name)s has it now. Choose again if you still want to."
                ),
                params={"name": name},
            )
        cleaned.pop("had", None)
        return cleaned
