"""The API of the catalogue: which forms, what each costs, asking, taking off, proposing anew."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.data_forms.catalogue import bodies, catalogue, costs, queries
from governance.data_forms.collections import collections
from governance.data_forms.collections.api import CollectionDetail
from governance.data_forms.collections.bodies import ReproposalBody
from governance.data_forms.enums import Permission
from governance.data_forms.models import (
    CatalogueForm,
    Collection,
)
from orgs.accounts.sign_in import signed_in
from orgs.api.base import ActionView
from orgs.errors import NotAllowed
from orgs.values.sentences import gettext as _


class CatalogueRow(serializers.ModelSerializer):
    """A form of the catalogue with what it has cost; shares in per mille, `asked_twice` by heading."""

    name = serializers.CharField(source="form.name")
    street = serializers.CharField(source="street.code")
    department = serializers.CharField(source="department.code", default=None, allow_null=True)
    cost = serializers.SerializerMethodField()

    class Meta:
        model = CatalogueForm
        fields = (
            *("id", "name", "street", "department", "legal_basis", "purpose", "repeats"),
            *("admitted_at", "ends", "cost"),
        )

    def get_cost(self, row: CatalogueForm) -> dict[str, Any]:
        known = self.context.get("costs") or {one.entry.pk: one for one in costs.costs([row])}
        cost = known[row.pk]
        numbers = ("columns", "collections", "submissions", "typed", "minutes", "share")
        twice = {heading: [one.pk for one in others] for heading, others in cost.twice.items()}
        return {name: getattr(cost, name) for name in numbers} | {"asked_twice": twice}


class CatalogueListView(ListAPIView):
    """The forms of the catalogues in sight, with what each has cost."""

    serializer_class = CatalogueRow
    queryset = CatalogueForm.objects.none()

    def get_queryset(self) -> QuerySet[CatalogueForm]:
        user: Any = self.request.user
        if not user.has_perm(Permission.VIEW_COLLECTIONS):
            return CatalogueForm.objects.none()
        return queries.catalogue(user, timezone.now())

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        known = {cost.entry.pk: cost for cost in costs.costs(page)}
        context = {**self.get_serializer_context(), "costs": known}
        return self.get_paginated_response(CatalogueRow(page, many=True, context=context).data)


class MonthRow(serializers.Serializer):
    """What forms cost in one month."""

    month = serializers.DateField(source="first")
    forms = serializers.IntegerField()
    entries = serializers.IntegerField()
    typed = serializers.IntegerField()
    minutes = serializers.IntegerField()
    asked_twice = serializers.IntegerField(source="twice")


class BurdenView(APIView):
    """What forms cost month by month, the oldest of twelve first."""

    @extend_schema(operation_id="form_catalogue_burden", responses=MonthRow(many=True))
    def get(self, request: Request) -> Response:
        user = signed_in(request)
        if not user.has_perm(Permission.VIEW_BURDEN):
            raise NotAllowed(_("The street and the district see what forms cost."))
        return Response(MonthRow(costs.months(user, timezone.now()), many=True).data)


class CatalogueAskView(ActionView):
    """POST asks communities for a form of the catalogue: it is open at once."""

    model, related, status = CatalogueForm, ("street", "form", "department"), 201
    permission = Permission.ASK_FOR_FORMS
    body_class, answer_class = bodies.AskBody, CollectionDetail

    def call(self, **body: Any) -> Collection:
        return collections.ask(entry=self.object, **body)


class CatalogueProposeView(ActionView):
    """POST asks for a form that was taken off the catalogue: the street admits it anew."""

    model, related, status = CatalogueForm, ("street", "form", "department"), 201
    permission = Permission.ASK_FOR_FORMS
    body_class, answer_class = ReproposalBody, CollectionDetail

    def call(self, **body: Any) -> Collection:
        return collections.propose_anew(entry=self.object, **body)


class CatalogueEndView(ActionView):
    """POST takes a form off the catalogue."""

    model, related = CatalogueForm, ("street", "form", "department")
    permission = Permission.KEEP_CATALOGUE
    body_class, answer_class = bodies.EndBody, CatalogueRow

    def call(self, **body: Any) -> CatalogueForm:
        return catalogue.end(entry=self.object, **body)
