"""The API of a register: GET and POST of its entries, GET and PATCH of one."""

from typing import Any

from rest_framework.generics import RetrieveAPIView

from orgs.api.base import ChangeView, CreateView, VisibleListView
from orgs.api.fields import RowSerializer, UnitField
from orgs.models.registers import UnitRow
from orgs.registers import rows


class UnitRowSerializer(RowSerializer):
    """An entry; it is in force while `ends` is null. Subclasses name the model and its `fields`."""

    unit = UnitField()


class UnitRowListView(CreateView, VisibleListView):
    """The entries in force; POST enters one."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        serializer: Any = cls.serializer_class
        cls.answer_class = cls.body_class = serializer
        cls.queryset = _model(cls)._default_manager.filter(ends=None).select_related("unit")

    def call(self, **body: Any) -> UnitRow:
        return rows.add(row=_model(type(self))(), **body)


class UnitRowView(ChangeView, RetrieveAPIView):
    """One entry; PATCH changes what is sent, ends it, or moves it to another unit of one's own."""

    related = ("unit",)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        serializer: Any = cls.serializer_class
        cls.answer_class = cls.body_class = serializer
        cls.model, cls.permission = _model(cls), rows.permission(_model(cls), "change")

    def call(self, **body: Any) -> UnitRow:
        return rows.change(row=self.object, **body)


def _model(view: Any) -> type[UnitRow]:
    model: type[UnitRow] = view.serializer_class.Meta.model
    return model
