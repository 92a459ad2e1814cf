"""The platform in the admin: the working calendar to keep; audit and the like only to look at."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.admin.base import ReadOnlyAdmin, ScopedAdmin, UnitRowAdmin
from orgs.audit import labels, search
from orgs.calendar.working_time import calendar, forget_calendar
from orgs.models import (
    Attachment,
    AuditEntry,
    AuditSeal,
    Bookmark,
    CalendarDay,
    Delivery,
    DutyDay,
    IdempotentAnswer,
    Landmark,
    Notice,
    NoticeAddress,
    NoticeChoice,
    OneTimeCode,
    ServicePoint,
)
from orgs.notifications import notifications

admin.site.register([ServicePoint, Landmark], UnitRowAdmin)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "what", "kind", "object_id", "result", "ip")
    list_filter = ("result", ("at", admin.DateFieldListFilter))
    # What is searched: see `get_search_results`.
    search_fields = ("actor",)
    search_help_text = gettext_lazy(
        "Words of an action or a record, a person, the number of a task, a place"
    )
    date_hierarchy = "at"

    @admin.display(description=gettext_lazy("what"), ordering="action")
    def what(self, entry: AuditEntry) -> str:
        """As the auditor's page calls it."""
        return labels.label(entry.action)

    @admin.display(description=gettext_lazy("kind of record"), ordering="object_type")
    def kind(self, entry: AuditEntry) -> str:
        return labels.kind(entry.object_type)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry], search_term: str
    ) -> tuple[QuerySet[AuditEntry], bool]:
        """By the words that the audit shows, as on the auditor's page."""
        if words := search_term.strip():
            try:
                found = search.by_person(words) | search.by_words(words) | search.by_record(words)
            except search.TooManyRecords as error:
                messages.warning(request, error.message)
                return queryset.none(), False
            queryset = queryset.filter(found)
        return queryset, False


@admin.register(AuditSeal)
class AuditSealAdmin(ReadOnlyAdmin):
    list_display = ("first_id", "last_id", "count", "sealed_at", "digest")


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "state", "uploaded_by", "reason")
    list_filter = ("kind", "state")
    list_select_related = ("uploaded_by",)
    exclude = ("original", "file", "thumbnail")
    search_fields = ("=id", "=uploaded_by__username")


@admin.register(IdempotentAnswer)
class IdempotentAnswerAdmin(ReadOnlyAdmin):
    """Keys only: an answer may hold what its reader here may not see."""

    list_display = ("created_at", "user", "key", "status")
    list_select_related = ("user",)
    exclude = ("body", "fingerprint")
    search_fields = ("=key", "=user__username")


@admin.register(OneTimeCode)
class OneTimeCodeAdmin(ReadOnlyAdmin):
    list_display = ("purpose", "expires_at", "failures")
    list_filter = ("purpose",)
    fields = ("purpose", "expires_at", "failures")


@admin.register(CalendarDay)
class CalendarDayAdmin(ScopedAdmin):
    """Holidays and make-up workdays that the published calendar does not know (yet)."""

    list_display = ("day", "is_worked", "note")
    list_filter = ("is_worked",)
    date_hierarchy = "day"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Says so when the coming year's holidays are known to nobody."""
        year = timezone.localdate().year + 1
        if not calendar().covers(timezone.localdate().replace(year=year, month=1, day=1)):
            text = _("The public holidays of %(year)d are not known: enter them when published.")
            self.message_user(request, text % {"year": year}, messages.WARNING)
        return super().changelist_view(request, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        forget_calendar()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        forget_calendar()


@admin.register(DutyDay)
class DutyDayAdmin(ReadOnlyAdmin):
    """Kept on the page of the roster."""

    list_display = ("day", "street", "department", "leader", "person", "stand_in")
    list_select_related = ("street", "department", "leader", "person", "stand_in")
    date_hierarchy = "day"


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """What goes out, and what could not: filter by “given up at”, then try again."""

    list_display = (
        *("due_at", "channel", "recipient", "about", "attempts"),
        *("sent_at", "failed_at", "error"),
    )
    list_filter = (
        "channel",
        ("failed_at", admin.EmptyFieldListFilter),
        ("sent_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("notice__recipient",)
    actions = ("try_again",)

    @admin.display(description=gettext_lazy("recipient"), ordering="notice__recipient")
    def recipient(self, delivery: Delivery) -> str:
        return str(delivery.notice.recipient)

    @admin.display(description=gettext_lazy("notice"), ordering="notice__kind")
    def about(self, delivery: Delivery) -> str:
        """The kind of notice; what it says may be private."""
        labels = {kind.name: kind.label for kind in notifications.kinds()}
        return str(labels.get(delivery.notice.kind, delivery.notice.kind))

    @admin.action(description=gettext_lazy("Try the selected deliveries again"))
    def try_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        count = notifications.try_again(deliveries=queryset, now=timezone.now())
        self.message_user(request, _("%(count)d deliveries are tried again.") % {"count": count})


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "key", "recipient", "read_at")
    list_filter = ("kind",)
    list_select_related = ("recipient",)
    search_fields = ("=recipient__username", "^key")


@admin.register(NoticeChoice)
class NoticeChoiceAdmin(ReadOnlyAdmin):
    list_display = ("user", "kind", "way")
    list_select_related = ("user",)


@admin.register(NoticeAddress)
class NoticeAddressAdmin(ReadOnlyAdmin):
    """Whose address is kept; the address itself is shown to its owner only."""

    list_display = ("user",)
    list_select_related = ("user",)
    exclude = ("email",)


@admin.register(Bookmark)
class BookmarkAdmin(ReadOnlyAdmin):
    list_display = ("name", "position")
