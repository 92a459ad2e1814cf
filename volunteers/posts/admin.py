"""Sets of posts and the rule of contacts: an administrator adds the next version, none is changed."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs.accounts.sign_in import signed_in
from orgs.admin.base import VersionsAdmin
from volunteers.enums import BuildingRole
from volunteers.models import LinkRule, RoleSet
from volunteers.posts import rules


class RoleSetForm(forms.ModelForm):
    """The posts as boxes to tick."""

    roles = forms.MultipleChoiceField(
        label=_("posts"), choices=BuildingRole.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = RoleSet
        fields = ("code", "roles", "source")


@admin.register(RoleSet)
class RoleSetAdmin(VersionsAdmin):
    list_display = ("code", "version", "has", "source")
    form = RoleSetForm

    @admin.display(description=_("posts"))
    def has(self, row: RoleSet) -> str:
        return "、".join(str(BuildingRole(role).label) for role in row.roles)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        rules.new_role_set(row=obj, by=signed_in(request), now=timezone.now())


@admin.register(LinkRule)
class LinkRuleAdmin(VersionsAdmin):
    list_display = ("version", "households", "visit_days", "source")
    fields = ("households", "visit_days", "source")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        rules.new_link_rule(row=obj, by=signed_in(request), now=timezone.now())
