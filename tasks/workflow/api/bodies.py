"""The bodies that actions take; each turns into the keywords of its use-case."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from orgs.api.fields import MomentField, RowsField, UnitField
from orgs.attachments.attachments import MAX_ATTACHMENTS
from orgs.models import Attachment, Department, User
from tasks.enums import GUEST_ROLES, MOST_GUESTS, DeclineReason, Outcome, WhistleKind
from tasks.models import MAX_TEXT, Category, Task, VisitGuest

MAX_ASSISTING = 20


class AttachedBody(serializers.Serializer):
    """A body with photos by the ids of their upload."""

    attachments = RowsField(
        Attachment.objects.all(),
        max_length=MAX_ATTACHMENTS,
        required=False,
        error_messages={
            "does_not_exist": gettext_lazy("A photo is missing or used already: add it again.")
        },
    )


class ReasonBody(serializers.Serializer):
    reason = serializers.CharField(max_length=MAX_TEXT)


class TextBody(serializers.Serializer):
    text = serializers.CharField(max_length=MAX_TEXT)


class UrgeBody(AttachedBody):
    text = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True, default="")


class ReopenBody(ReasonBody, AttachedBody):
    """Why it is not finished, with photos of how it looks."""


class CommentBody(TextBody, AttachedBody):
    internal = serializers.BooleanField(default=False)


class WithdrawBody(serializers.Serializer):
    reason = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)


class DeclineBody(ReasonBody):
    reason_code = serializers.ChoiceField(choices=DeclineReason.choices)


class DepartmentsField(serializers.ListField):
    """Departments by their codes, in one query; each code that there is not is named."""

    child = serializers.CharField(max_length=40)

    def to_internal_value(self, data: Any) -> list[Department]:
        codes = super().to_internal_value(data)
        departments = Department.objects.filter(code__in=codes)
        found = {department.code: department for department in departments}
        if unknown := [_unknown(code) for code in codes if code not in found]:
            raise serializers.ValidationError(unknown)
        return [found[code] for code in dict.fromkeys(codes)]


def _unknown(code: str) -> str:
    return _("There is no department “%(code)s”.") % {"code": code}


class WhistleBody(ReasonBody, AttachedBody):
    kind = serializers.ChoiceField(choices=WhistleKind.choices)
    departments = DepartmentsField(max_length=MAX_ASSISTING, required=False)


class DispatchBody(serializers.Serializer):
    lead = serializers.CharField(max_length=40)
    assist = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=MAX_ASSISTING, required=False
    )
    instructions = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The departments by their codes, in one query. Who leads does not assist as well."""
        lead, assist = attrs["lead"], attrs.get("assist", [])
        departments = {
            department.code: department
            for department in Department.objects.filter(code__in=[lead, *assist])
        }
        unknown = {
            name: [_unknown(code)]
            for name, codes in (("assist", assist), ("lead", [lead]))
            for code in codes
            if code not in departments
        }
        if unknown:
            raise serializers.ValidationError(unknown)
        return attrs | {
            "lead": departments[lead],
            "assist": [departments[code] for code in assist if code != lead],
        }


class OfferBody(serializers.Serializer):
    minutes = serializers.IntegerField(
        min_value=1, max_value=24 * 60, required=False, allow_null=True
    )
    points = serializers.IntegerField(min_value=0, max_value=1000, required=False, allow_null=True)


class ResolveBody(AttachedBody):
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    text = serializers.CharField(max_length=MAX_TEXT)
    reason = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)


class RateBody(serializers.Serializer):
    contacted = serializers.BooleanField()
    resolved = serializers.BooleanField()
    stars = serializers.IntegerField(min_value=1, max_value=5)
    text = serializers.CharField(max_length=500, required=False, allow_blank=True)
    again = serializers.BooleanField(
        required=False, help_text="The reporter has it taken up again with the same words."
    )


class MergeBody(serializers.Serializer):
    into = serializers.CharField(max_length=20)
    across = serializers.BooleanField(
        default=True,
        help_text="False: refused with the code `other_kind` where the two are of different kinds.",
    )

    def validate_into(self, number: str) -> Task:
        """Only a task that the actor sees can be the other one."""
        seen = Task.objects.visible_to(self.context["request"].user)
        task = seen.filter(number=number.upper()).first()
        if task is None:
            raise serializers.ValidationError(_("There is no such task in your sight."))
        return task


class TransferBody(serializers.Serializer):
    unit = UnitField()


class CorrectBody(ReasonBody):
    category = serializers.SlugRelatedField(
        slug_field="code", queryset=Category.objects.all(), required=False, allow_null=True
    )
    unit = UnitField(required=False, allow_null=True)


class ExtensionBody(ReasonBody):
    until = MomentField()

    def validate_until(self, until: datetime) -> datetime:
        if until <= timezone.now():
            raise serializers.ValidationError(_("Choose a time that lies ahead."))
        return until


class DecisionBody(ReasonBody):
    granted = serializers.BooleanField()


class AssignBody(serializers.Serializer):
    """`department` says whose part, where several of one's own work on the task."""

    person = serializers.CharField(max_length=150)
    department = serializers.CharField(max_length=40, required=False, allow_null=True)
    note = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)

    def validate_person(self, username: str) -> User:
        """Who is no colleague is refused later, as if there were no such account."""
        person = User.objects.filter(username=username).first()
        if person is None:
            raise serializers.ValidationError(_("Choose somebody of your own office."))
        return person

    def validate_department(self, code: str | None) -> Department | None:
        """One that has no part is refused later; one that there is not, here."""
        if not code:
            return None
        department = Department.objects.filter(code=code).first()
        if department is None:
            raise serializers.ValidationError(_unknown(code))
        return department


class NamesField(serializers.ListField):
    """Names of firms or people from outside."""

    child = serializers.CharField(max_length=60)


class ArrangeVisitBody(serializers.Serializer):
    starts_at = MomentField()
    place = serializers.CharField(max_length=200, required=False, allow_blank=True)
    subject = serializers.CharField(max_length=100, required=False, allow_blank=True)
    departments = DepartmentsField(max_length=MAX_ASSISTING, required=False)
    guests = serializers.ListField(
        child=serializers.ChoiceField(choices=[(kind, kind.label) for kind in GUEST_ROLES]),
        max_length=len(GUEST_ROLES),
        required=False,
    )
    others = NamesField(max_length=MOST_GUESTS, required=False)


class RecordVisitBody(serializers.Serializer):
    came = RowsField(VisitGuest.objects.all(), max_length=MOST_GUESTS, required=False)
    others = NamesField(max_length=MOST_GUESTS, required=False)
    minutes = serializers.CharField(max_length=MAX_TEXT)
