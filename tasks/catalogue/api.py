"""The API of the catalogue."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tasks.models import Category


class CategoryListView(APIView):
    """All categories as one list; only selectable ones can be reported."""

    @extend_schema(
        responses={
            200: {
                "type": "object",
                "properties": {
                    "results": {"type": "array", "items": {"type": "object"}},
                    "next": {"type": "string", "nullable": True},
                    "previous": {"type": "string", "nullable": True},
                },
            }
        }
    )
    def get(self, request: Request) -> Response:
        results = [
            {
                "code": category.code,
                "name": category.name,
                "urgent": category.is_urgent,
                "parent": category.parent.code if category.parent else None,
            }
            for category in Category.objects.filter(is_selectable=True).select_related("parent")
        ]
        return Response({"results": results, "next": None, "previous": None})
