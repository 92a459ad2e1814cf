"""The API of schemes."""

from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.serializers import BaseSerializer

from governance.assessment.enums import Permission, SubjectKind
from governance.assessment.indicators import registry
from governance.assessment.models import Scheme
from governance.assessment.schemes import schemes
from governance.assessment.schemes.bodies import CheckBody, SchemeBody, definition_of
from governance.assessment.schemes.definitions import read
from governance.assessment.schemes.places import district_of
from orgs.api.base import ActionView, CreateView, VisibleListView
from orgs.api.pagination import KeyPagination
from orgs.errors import Refused
from orgs.models import Department


class SchemeSerializer(serializers.ModelSerializer):
    """One version; `extra_entries` says how many entries it asks of the assessed beyond their work."""

    district = serializers.CharField(source="district.code")
    publisher = serializers.CharField(source="publisher.code", allow_null=True, default=None)
    definition = serializers.SerializerMethodField()
    extra_entries = serializers.SerializerMethodField()

    class Meta:
        model = Scheme
        fields = [
            "id", "district", "code", "version", "name", "subject_kind", "period_kind", "publisher",
            "compound_class", "begins", "delay_days", "appeal_days", "is_public", "has_black_list",
            "is_example", "source", "state", "definition", "extra_entries",
        ]  # fmt: skip

    def get_definition(self, row: Scheme) -> dict[str, Any]:
        definition = read(row.definition)
        return {
            "formula": definition.formula,
            "digits": definition.digits,
            "least_raters": definition.least_raters,
            "residents_percent": definition.residents_percent,
            "indicators": [
                {
                    "code": item.code, "label": str(registry.get(item.code).label),
                    "sentence": str(registry.get(item.code).sentence), "role": item.role.value,
                    "weight": item.weight, "formula": item.formula, "floor": item.floor,
                    "cap": item.cap, "least": item.least,
                }
                for item in definition.items
            ],
            "bands": [
                {"code": band.code, "name": band.name, "condition": band.condition}
                for band in definition.bands
            ],
        }  # fmt: skip

    def get_extra_entries(self, row: Scheme) -> int:
        return read(row.definition).extra_entries


@extend_schema_view(get=extend_schema(operation_id="schemes_list"))
class SchemeListView(CreateView, VisibleListView):
    """The schemes in sight, newest first; POST drafts the next version of one."""

    serializer_class = answer_class = SchemeSerializer
    body_class = SchemeBody
    pagination_class = KeyPagination
    queryset = Scheme.objects.select_related("district", "publisher")

    def call(self, **body: Any) -> Scheme:
        district = district_of(body["by"])
        publisher = None
        if code := body.pop("publisher", ""):
            publisher = Department.objects.filter(district=district, code=code).first()
            if publisher is None:
                raise Refused(_("There is no such department."), code="unknown", field="publisher")
        body.setdefault("begins", timezone.localdate(body["now"]).replace(day=1))
        definition = definition_of(body)
        body["subject_kind"] = SubjectKind(body["subject_kind"])
        return schemes.draft(district=district, publisher=publisher, definition=definition, **body)


class SchemeActionView(ActionView):
    """A POST with a scheme in sight that one answers for."""

    model, related = Scheme, ("district", "publisher")
    permission = Permission.KEEP_SCHEMES
    answer_class: ClassVar[type[BaseSerializer]] = SchemeSerializer


class SchemePublishView(SchemeActionView):
    """POST puts a draft in force."""

    def call(self, **body: Any) -> Scheme:
        return schemes.publish(scheme=self.object, **body)


class CheckAnswer(serializers.Serializer):
    """Whether a formula can stand in the scheme; `position` is the character, counted from 1."""

    ok = serializers.BooleanField()
    position = serializers.IntegerField(allow_null=True)
    detail = serializers.CharField()


class SchemeCheckView(SchemeActionView):
    """POST checks a formula and writes nothing."""

    body_class, answer_class = CheckBody, CheckAnswer

    def call(self, formula: str, **body: Any) -> dict[str, Any]:
        return schemes.check_formula(scheme=self.object, formula=formula)
