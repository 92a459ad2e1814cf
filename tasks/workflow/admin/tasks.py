"""Tasks in the admin: found and read; what moves them goes through the use-cases."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.accounts.sign_in import signed_in
from orgs.admin.base import ScopedReadOnlyAdmin
from orgs.errors import DomainError
from orgs.models import Unit
from orgs.scoping import reach_of
from orgs.values import phones
from orgs.web.refusals import audit_refusal
from tasks.models import Category, Task
from tasks.workflow.admin.parts import (
    TaskAssignments,
    TaskEvents,
    TaskLimitSteps,
    TaskRatings,
    TaskRequests,
    TaskTransfers,
)
from tasks.workflow.contacts import caller, of_caller
from tasks.workflow.queries import PARTS
from tasks.workflow.steps import department_work, triage


class StreetFilter(admin.SimpleListFilter):
    """The streets in which the person has something to see."""

    title = gettext_lazy("street")
    parameter_name = "street"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        streets = Unit.objects.filter(level=0).order_by("code")
        reach = reach_of(request.user)
        if not reach.everywhere:
            trees = Unit.objects.filter(reach.q("")).order_by().values("tree_id")
            streets = streets.filter(tree_id__in=trees)
        return [(street.code, street.name) for street in streets]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Task]) -> QuerySet[Task]:
        if not self.value():
            return queryset
        trees = Unit.objects.filter(level=0, code=self.value()).values("tree_id")
        return queryset.filter(unit__tree_id__in=trees)


class KindFilter(admin.SimpleListFilter):
    """The kinds that can be chosen."""

    title = gettext_lazy("category")
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        kinds = Category.objects.filter(is_selectable=True)
        return [(kind.code, kind.name) for kind in kinds]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Task]) -> QuerySet[Task]:
        return queryset.filter(category__code=self.value()) if self.value() else queryset


@admin.register(Task)
class TaskAdmin(ScopedReadOnlyAdmin):
    """To read; `accept` and `confirm` are the steps that are taken for many at once."""

    list_display = (
        "number",
        "title",
        "unit",
        "category",
        "status",
        "channel",
        "light",
        "created_at",
    )
    list_filter = ("status", "channel", KindFilter, StreetFilter)
    search_fields = ("^number", "^outside_number", "title")
    search_help_text = gettext_lazy("A number, a part of a title, or a whole telephone number")
    list_select_related = ("unit", "category")
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-id",)
    actions = ("accept", "confirm")
    inlines = (
        TaskEvents,
        TaskAssignments,
        TaskLimitSteps,
        TaskRequests,
        TaskRatings,
        TaskTransfers,
    )
    fields = (
        "number",
        "status",
        "light",
        "unit",
        "category",
        "title",
        "text",
        "channel",
        "triage",
        "outside_number",
        "contact",
        "hide_name",
        "lon",
        "lat",
        "received_at",
        "reply_by",
        "created_at",
        "moved_at",
        "handed_to",
        "decline_reason",
        "whistle_kind",
        "signed_at",
        "resolve_by",
        "outcome",
        "result",
        "resolved_at",
        "ending",
        "merged_into",
        "closed_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        rows = super().get_queryset(request).select_related("unit", "category", "merged_into")
        return rows.prefetch_related(*PARTS)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Task], search_term: str
    ) -> tuple[QuerySet[Task], bool]:
        if index := caller(search_term):
            return of_caller(queryset, signed_in(request), index), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description=gettext_lazy("contact"))
    def contact(self, task: Task) -> str:
        """Always masked here; who has to call reveals it on the task's page, with a reason."""
        name = "" if task.hide_name else phones.mask_name(task.contact_name)
        return f"{name} {phones.mask(task.contact_phone)}".strip()

    @admin.display(description=gettext_lazy("limits"))
    def light(self, task: Task) -> str:
        light = task.light(timezone.now())
        return str(light.label) if light else ""

    @admin.action(description=gettext_lazy("Accept the selected tasks"))
    def accept(self, request: HttpRequest, queryset: QuerySet[Task]) -> None:
        self._each(request, queryset, triage.accept)

    @admin.action(description=gettext_lazy("Confirm the selected tasks"))
    def confirm(self, request: HttpRequest, queryset: QuerySet[Task]) -> None:
        self._each(request, queryset, department_work.confirm)

    def _each(
        self, request: HttpRequest, queryset: QuerySet[Task], step: Callable[..., Task]
    ) -> None:
        """Takes a step for every chosen task, and says for each what came of it."""
        for task in queryset.order_by("pk"):
            try:
                moved = step(task=task, by=request.user, now=timezone.now())
            except DomainError as refusal:
                audit_refusal(request, refusal)
                self.message_user(request, f"{task.number}: {refusal.message}", messages.ERROR)
            else:
                text = _("%(number)s is “%(state)s” now.") % {
                    "number": moved.number,
                    "state": moved.get_status_display(),
                }
                self.message_user(request, text, messages.SUCCESS)
