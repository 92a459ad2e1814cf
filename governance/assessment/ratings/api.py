"""The API of ratings and reviews."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.parsers import MultiPartParser

from governance.assessment.enums import Permission, RaterGroup, SubjectKind
from governance.assessment.indicators.outside import OUTSIDE
from governance.assessment.models import (
    Evaluation,
    FigureFile,
    MemberReview,
    OutsideFigure,
    Scheme,
)
from governance.assessment.ratings import figures, ratings, reviews
from governance.assessment.schemes.places import district_of
from orgs.accounts.sign_in import signed_in
from orgs.api.base import CreateView, VisibleListView, find
from orgs.api.fields import EnumField, RowsField
from orgs.api.pagination import KeyPagination
from orgs.attachments.uploads import count_upload
from orgs.errors import Refused
from orgs.models import Attachment, User
from residents.models import BodyMember, Household


class EvaluationSerializer(serializers.ModelSerializer):
    class Meta:
        model = Evaluation
        fields = ["id", "code", "period", "subject", "group", "points", "text", "on_paper", "at"]


class EvaluationBody(serializers.Serializer):
    """`subject` is the key of whom the scheme assesses; residents name their household by its code."""

    period = serializers.CharField(max_length=8)
    subject = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    group = serializers.ChoiceField(choices=RaterGroup.choices)
    points = serializers.IntegerField(min_value=0, max_value=100)
    text = serializers.CharField(max_length=500, required=False, allow_blank=True)
    household = serializers.CharField(max_length=60, required=False)
    on_paper = serializers.BooleanField(required=False)


class EvaluateView(CreateView):
    """POST rates a subject of a scheme for a period."""

    model = Scheme
    permission = Permission.RATE
    body_class, answer_class = EvaluationBody, EvaluationSerializer

    def get_object(self) -> Any:
        # A scheme in force is no secret to whoever is asked: a household rates its branch.
        return Scheme.objects.filter(pk=self.kwargs["pk"]).first() or super().get_object()

    def call(self, **body: Any) -> Evaluation:
        code = body.pop("household", "")
        household = None
        if code:
            household = Household.objects.select_related("building").filter(code=code).first()
            if household is None:
                raise Refused(_("Choose the household."), code="no_household", field="household")
        group = RaterGroup(body.pop("group"))
        return ratings.rate(scheme=self.object, group=group, household=household, **body)


class MemberReviewSerializer(serializers.ModelSerializer):
    class Meta:
        model = MemberReview
        fields = [
            "id", "member", "year", "held_on", "by_representatives", "presided_by", "total",
            "present", "competent", "basically", "incompetent", "grade", "ended_office", "paper",
        ]  # fmt: skip


class MemberReviewBody(serializers.Serializer):
    year = serializers.IntegerField(min_value=2000, max_value=2999)
    held_on = serializers.DateField()
    by_representatives = serializers.BooleanField(default=True)
    presided_by = serializers.CharField(max_length=60)
    total = serializers.IntegerField(min_value=1, max_value=100_000)
    present = serializers.IntegerField(min_value=1, max_value=100_000)
    competent = serializers.IntegerField(min_value=0, max_value=100_000)
    basically = serializers.IntegerField(min_value=0, max_value=100_000)
    incompetent = serializers.IntegerField(min_value=0, max_value=100_000)
    # A photo of the minutes.
    attachments = RowsField(Attachment.objects.all(), required=False, max_length=1)


class MemberReviewView(CreateView):
    """POST enters the yearly review of a member of a residents' committee."""

    model, related = BodyMember, ("term__body__unit", "person")
    permission = Permission.ENTER_REVIEWS
    body_class, answer_class = MemberReviewBody, MemberReviewSerializer

    def call(self, **body: Any) -> MemberReview:
        return reviews.enter(member=self.object, **body)


class FigureFileSerializer(serializers.ModelSerializer):
    """A file of one figure for one period; `digest` is the SHA-256 of the file, the same file is one row."""

    rows = serializers.IntegerField()

    class Meta:
        model = FigureFile
        fields = [
            "id", "code", "name", "subject_kind", "starts", "ends", "file_name", "digest", "rows", "at",
        ]  # fmt: skip

    def get_fields(self) -> dict[str, Any]:
        # `source` is no name for an attribute of a serializer.
        return super().get_fields() | {"source": serializers.CharField()}


class FigureFileBody(serializers.Serializer):
    """CSV or Excel, three columns: code or name, counted, of. The first row is headings."""

    code = serializers.ChoiceField(sorted(OUTSIDE))
    subject_kind = EnumField(SubjectKind)
    period = serializers.CharField(max_length=8)
    file = serializers.FileField()

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {"source": serializers.CharField(max_length=300)}


@extend_schema_view(get=extend_schema(operation_id="outside_figures_list"))
class FigureFileListView(CreateView, VisibleListView):
    """The files of outside figures in sight, newest first; POST sends one: all of it counts, or nothing."""

    parser_classes = [MultiPartParser]
    serializer_class = answer_class = FigureFileSerializer
    body_class = FigureFileBody
    permission = Permission.IMPORT_FIGURES
    pagination_class = KeyPagination
    queryset = FigureFile.objects.defer("content").annotate(rows=Count("figures"))

    def get_queryset(self) -> QuerySet[FigureFile]:
        _refuse_others(self.user)
        rows: QuerySet[FigureFile] = super().get_queryset()
        return rows

    def call(self, *, file: UploadedFile, **body: Any) -> FigureFile:
        count_upload(self.request)
        district = district_of(body["by"])
        stored, _is_new = figures.import_file(district=district, file=file, **body)
        return find(self.queryset.all(), pk=stored.pk)


class OutsideFigureSerializer(serializers.ModelSerializer):
    """One row of a file; `subject` is the key of whom it is about, `is_latest`: no later file replaced it."""

    class Meta:
        model = OutsideFigure
        fields = ["id", "line", "subject", "numerator", "denominator", "is_latest"]


class _LineOrder(KeyPagination):
    ordering = "id"


@extend_schema_view(get=extend_schema(operation_id="outside_figures_rows"))
class FigureRowsView(ListAPIView):
    """The rows of a file in sight."""

    serializer_class = OutsideFigureSerializer
    pagination_class = _LineOrder
    queryset = OutsideFigure.objects.none()

    def get_queryset(self) -> QuerySet[OutsideFigure]:
        if getattr(self, "swagger_fake_view", False):
            return OutsideFigure.objects.none()
        user = signed_in(self.request)
        _refuse_others(user)
        stored = find(FigureFile.objects.visible_to(user, one=True), pk=self.kwargs["pk"])
        return OutsideFigure.objects.filter(file=stored)


def _refuse_others(user: User) -> None:
    if not user.has_perm(Permission.IMPORT_FIGURES):
        raise PermissionDenied
