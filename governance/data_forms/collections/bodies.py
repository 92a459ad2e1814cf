"""What the API is sent about collections."""

from typing import Any

from rest_framework import serializers

from governance.data_forms.blanks.blanks import LONGEST_NAME
from governance.data_forms.collections.collections import MOST_COMMUNITIES
from governance.data_forms.enums import Ground, Repeats, Subject
from governance.data_forms.fillings.bodies import ListedBody
from governance.data_forms.models import BlankForm
from orgs.api.fields import DayField, EnumField, UnitField
from orgs.models import Department

LONGEST = 500


class ReproposalBody(serializers.Serializer):
    """The communities asked, on what basis, for what, until when and how often."""

    communities = serializers.ListField(
        child=UnitField(), allow_empty=False, max_length=MOST_COMMUNITIES
    )
    legal_basis = serializers.CharField(max_length=200)
    purpose = serializers.CharField(max_length=200)
    due_on = DayField()
    repeats = EnumField(Repeats, default=Repeats.ONCE)


class CollectionBody(ReproposalBody, ListedBody):
    """A form that a street keeps, or a blank workbook (multipart): its `file`, its `name`, the `subject`
    of a row and who is listed; the communities asked (all of the street without), and why."""

    street = UnitField()
    communities = serializers.ListField(
        child=UnitField(), required=False, max_length=MOST_COMMUNITIES
    )
    form = serializers.PrimaryKeyRelatedField(
        queryset=BlankForm.objects.none(), required=False, allow_null=True
    )
    name = serializers.CharField(max_length=LONGEST_NAME, required=False)
    subject = EnumField(Subject, required=False)
    file = serializers.FileField(required=False)
    department = serializers.SlugRelatedField(
        slug_field="code", queryset=Department.objects.all(), required=False, allow_null=True
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        request = self.context.get("request")
        if request is not None and request.user.is_authenticated:
            form: Any = self.fields["form"]
            form.queryset = BlankForm.objects.visible_to(request.user).defer("content")


class AdmitBody(serializers.Serializer):
    """For columns, by their place, whether the asker receives them; the others are as proposed."""

    grounds = serializers.DictField(child=EnumField(Ground), required=False)
    days = serializers.IntegerField(min_value=1, max_value=90, required=False)
    text = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True)

    def validate_grounds(self, value: dict[str, Ground]) -> dict[int, Ground]:
        if not all(key.isascii() and key.isdigit() and len(key) < 4 for key in value):
            raise serializers.ValidationError("columns are named by their place")
        return {int(key): ground for key, ground in value.items()}


class CollectionReasonBody(serializers.Serializer):
    reason = serializers.CharField(max_length=LONGEST)


class DeliverBody(serializers.Serializer):
    """`text` says why it goes without the communities that have not signed off."""

    text = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True)


class CopyBody(serializers.Serializer):
    purpose = serializers.CharField(max_length=200)
