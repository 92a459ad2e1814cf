"""The API of saved lists: which there are, saving one, whom it lists, its rows, its workbook."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from governance.data_forms.blanks.api import NamesUnits
from governance.data_forms.enums import Permission, Subject
from governance.data_forms.fillings import filters
from governance.data_forms.fillings.api import PurposeBody
from governance.data_forms.fillings.bodies import FilterBody, filter_of
from governance.data_forms.lists import lists
from governance.data_forms.lists.listing import Listing
from governance.data_forms.models import SavedList
from orgs.accounts.sign_in import signed_in
from orgs.api.base import ActionView, CreateView, PostView, VisibleListView
from orgs.api.fields import EnumField, UnitField
from orgs.api.pagination import KeyPagination
from orgs.api.renderers import WorkbookRenderer
from orgs.web.pages import WORKBOOK_TYPE, dated, workbook
from orgs.web.paging import page_by_key


class ListRow(serializers.ModelSerializer):
    """A saved list; `listed` says in words whom it lists, `columns` names its fields by code."""

    unit = serializers.CharField(source="unit.code")
    subject = EnumField(Subject)
    listed = serializers.SerializerMethodField()

    class Meta:
        model = SavedList
        fields = ["id", "unit", "name", "subject", "listed", "filters", "columns", "at"]

    def get_listed(self, kept: SavedList) -> str:
        return lists.in_words(kept, self.context.get("units"))


class ListBody(serializers.Serializer):
    """A name, whose list it is, and what its rows are."""

    name = serializers.CharField(max_length=lists.LONGEST_NAME)
    unit = UnitField()
    subject = EnumField(Subject)


class ListRowsBody(FilterBody):
    """Whom a list shows, and the codes of the fields that it shows of them."""

    columns = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=lists.MOST_COLUMNS
    )


@extend_schema_view(
    get=extend_schema(operation_id="saved_lists_list"),
    post=extend_schema(operation_id="saved_lists_create"),
)
class SavedListsView(NamesUnits, CreateView, VisibleListView):
    """The saved lists of one's places, newest first; POST saves one."""

    serializer_class = answer_class = ListRow
    body_class = ListBody
    pagination_class = KeyPagination
    queryset = SavedList.objects.select_related("unit")

    def call(self, **body: Any) -> SavedList:
        return lists.save(**body)


class SavedListView(GenericAPIView):
    """One saved list."""

    serializer_class = ListRow

    @extend_schema(operation_id="saved_lists_read", responses=ListRow)
    def get(self, request: Request, pk: int) -> Response:
        return Response(ListRow(list_of(request, pk)).data)

    @extend_schema(operation_id="saved_lists_delete", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        kept = list_of(request, pk)
        lists.delete(kept=kept, by=signed_in(request), now=timezone.now())
        return Response(status=204)


@extend_schema_view(post=extend_schema(operation_id="saved_lists_rows"))
class ListRowsView(ActionView):
    """POST says whom a list shows, and which fields."""

    model, related, permission = SavedList, ("unit",), Permission.KEEP_LISTS
    body_class, answer_class = ListRowsBody, ListRow

    def call(self, *, columns: list[str], by: Any, now: Any, **sent: Any) -> SavedList:
        chosen = filter_of(sent)
        return lists.choose(kept=self.object, chosen=chosen, columns=columns, by=by, now=now)


class Entries(serializers.Serializer):
    """Rows in words, masked: values in the order of the headings, null for what is not known.

    `next` is the address of the rows after these, null at the end.
    """

    listed = serializers.CharField()
    total = serializers.IntegerField()
    headings = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField())
    next = serializers.CharField(allow_null=True)


class ListEntriesView(GenericAPIView):
    """Who is on a list now, fifty rows at a time; of a care roster each reading is recorded."""

    serializer_class = Entries

    @extend_schema(operation_id="saved_lists_entries", responses=Entries)
    def get(self, request: Request, pk: int) -> Response:
        kept, user, now = list_of(request, pk), signed_in(request), timezone.now()
        listing = lists.opened(kept=kept, by=user, now=now)
        who = filters.in_words(listing.chosen, listing.subject)

        def shown(keys: list[int]) -> list[list[Any]]:
            return lists.look(kept=kept, listing=listing, keys=keys, by=user, now=now)

        return Response(entries(request, listing, who, shown))


class ListFileView(PostView):
    """All rows of a list as a workbook (.xlsx), for a purpose that is recorded."""

    is_remembered = False
    renderer_classes = [JSONRenderer, WorkbookRenderer]

    @extend_schema(
        operation_id="saved_lists_file",
        request=PurposeBody,
        responses={(200, WORKBOOK_TYPE): {"type": "string", "format": "binary"}},
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Any:
        kept, body = list_of(request, kwargs["pk"]), PurposeBody(data=request.data)
        body.is_valid(raise_exception=True)
        file = lists.export(
            kept=kept, by=signed_in(request), now=timezone.now(), **body.validated_data
        )
        return workbook(file, dated(kept.name))


def list_of(request: Request, pk: int) -> SavedList:
    """The list of an address. Raises Http404 out of sight."""
    seen = SavedList.objects.visible_to(signed_in(request), one=True).select_related("unit")
    kept: SavedList = get_object_or_404(seen, pk=pk)
    return kept


def entries(request: Request, listing: Listing, who: str, shown: Any) -> dict[str, Any]:
    """One page of a listing, as `Entries`; `shown` answers the values of the rows of some keys."""
    page = page_by_key(request, listing.found.only("pk"))
    address = request.build_absolute_uri(request.path)
    return {
        "listed": who, "total": listing.found.count(), "headings": listing.headings,
        "rows": shown([row.pk for row in page.rows]),
        "next": f"{address}{page.next}" if page.next else None,
    }  # fmt: skip
