"""Accounts and positions in the admin: to look at; what changes goes through the use-cases."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orgs.accounts import users
from orgs.accounts.sign_in import signed_in
from orgs.admin.base import PortalAdmin
from orgs.audit import audit
from orgs.enums import Permission, PositionTarget, Role
from orgs.errors import DomainError, Refused
from orgs.models import Position, User
from orgs.positions import positions
from orgs.positions.appointments import appointable_positions, visible_people, visible_positions
from orgs.values import phones


def is_registrar(request: HttpRequest) -> bool:
    """Whether the admin's account pages are for this person: whoever appoints, anywhere."""
    return request.user.is_active and request.user.has_perm(Permission.APPOINT_STAFF)


class HeldPositions(admin.TabularInline):
    """The positions of an account, to read."""

    model = Position
    fk_name = "user"
    fields = ("role", "place", "starts", "ends")
    readonly_fields = fields
    extra = 0
    can_delete = False
    show_change_link = True

    @admin.display(description=gettext_lazy("place"))
    def place(self, position: Position) -> str:
        return str(position.where)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Position]:
        return visible_positions(signed_in(request)).select_related(*PositionTarget.values)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_registrar(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(PortalAdmin):
    """Accounts. Search takes a part of a name, or a whole mobile number."""

    list_display = ("username", "name", "masked_phone", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "must_change_password")
    search_fields = ("username", "name")
    search_help_text = gettext_lazy("A part of a name, or a whole mobile number")
    fields = (
        "username",
        "name",
        "masked_phone",
        "phone_verified",
        "home",
        "is_active",
        "is_staff",
        "is_superuser",
        "must_change_password",
        "last_login",
        "date_joined",
    )
    readonly_fields = tuple(name for name in fields if name not in ("is_staff", "is_superuser"))
    list_select_related = ()
    show_full_result_count = False
    inlines = (HeldPositions,)
    actions = ("give_initial_password", "remove_second_factor", "close", "reopen")

    @admin.display(description=gettext_lazy("mobile number"))
    def masked_phone(self, person: User) -> str:
        return phones.mask(person.phone)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return visible_people(signed_in(request)).order_by("username")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        try:
            index = phones.index(phones.normalise(search_term))
        except Refused:
            return super().get_search_results(request, queryset, search_term)
        return queryset.filter(phone_index=index), False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.readonly_fields if request.user.is_superuser else self.fields

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        """Only superusers get here, to say who may enter the admin."""
        super().save_model(request, obj, form, change)
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        audit.record("change_account", by=signed_in(request), obj=obj, detail=changed)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_registrar(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_registrar(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_registrar(request) and (obj is None or request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=gettext_lazy("Give a new initial password"))
    def give_initial_password(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in self._manageable(request, queryset):
            password = self._try(request, users.give_initial_password, person)
            if password:
                facts = {"name": person.username, "password": password}
                text = _("%(name)s: %(password)s (shown this once)") % facts
                self.message_user(request, text, messages.WARNING)

    @admin.action(description=gettext_lazy("Remove a lost second factor"))
    def remove_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._each(request, queryset, users.remove_second_factor)

    @admin.action(description=gettext_lazy("Close the accounts"))
    def close(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._each(request, queryset, users.set_active, active=False)

    @admin.action(description=gettext_lazy("Open the accounts again"))
    def reopen(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._each(request, queryset, users.set_active, active=True)

    def _manageable(self, request: HttpRequest, queryset: QuerySet[User]) -> list[User]:
        """Of the chosen accounts those all of whose positions lie where one appoints."""
        if request.user.is_superuser:
            return list(queryset)
        beyond = Position.objects.exclude(
            pk__in=appointable_positions(signed_in(request)).values("pk")
        )
        chosen = queryset.exclude(pk=signed_in(request).pk)
        return list(chosen.exclude(pk__in=beyond.values("user")).exclude(is_superuser=True))

    def _each(self, request: HttpRequest, queryset: QuerySet[User], work: Any, **more: Any) -> None:
        done = 0
        for person in self._manageable(request, queryset):
            done += self._try(request, work, person, **more) is not False
        text = ngettext("%(count)d account changed.", "%(count)d accounts changed.", done)
        self.message_user(request, text % {"count": done})

    def _try(self, request: HttpRequest, work: Any, person: User, **more: Any) -> Any:
        try:
            return work(person=person, by=signed_in(request), now=timezone.now(), **more)
        except DomainError as error:
            self.message_user(request, f"{person.username}: {error.message}", messages.ERROR)
            return False


@admin.register(Position)
class PositionAdmin(PortalAdmin):
    """Positions: appointed here, otherwise read; they end and change hands on the staff pages."""

    list_display = ("user", "role", "place", "starts", "ends", "acting_for")
    list_filter = ("role", "starts", "ends")
    search_fields = ("user__username", "user__name")
    list_select_related = ("user", "acting_for__user", *PositionTarget.values)
    show_full_result_count = False
    fields = ("user", "role", *PositionTarget.values, "starts", "ends")
    raw_id_fields = ("user", *PositionTarget.values)
    date_hierarchy = "starts"

    @admin.display(description=gettext_lazy("place"))
    def place(self, position: Position) -> str:
        return str(position.where)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Position]:
        return visible_positions(signed_in(request)).order_by("-pk")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_registrar(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_registrar(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_registrar(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Position, form: ModelForm, change: bool
    ) -> None:
        """Appoints; what is refused becomes a page with a sentence."""
        obj.pk = positions.appoint(
            person=obj.user,
            role=Role(obj.role),
            where=obj.where,
            starts=obj.starts,
            ends=obj.ends,
            by=signed_in(request),
            now=timezone.now(),
        ).pk
