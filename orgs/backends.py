"""The one authentication backend: allauth decides who you are, positions what you may."""

from typing import TYPE_CHECKING, Any

from allauth.account.auth_backends import AuthenticationBackend

from orgs.permissions import granted, holds_any, permissions_of

if TYPE_CHECKING:
    from orgs.models import User


class PositionBackend(AuthenticationBackend):
    """Answers `user.has_perm(...)` from positions. Groups and per-user permissions are not used."""

    def has_perm(self, user_obj: "User", perm: str, obj: Any = None) -> bool:
        return granted(user_obj, perm, obj)

    def get_all_permissions(self, user_obj: "User", obj: Any = None) -> set[str]:
        return permissions_of(user_obj) if obj is None else set()

    def get_user_permissions(self, user_obj: "User", obj: Any = None) -> set[str]:
        return set()

    def get_group_permissions(self, user_obj: "User", obj: Any = None) -> set[str]:
        return set()

    def has_module_perms(self, user_obj: "User", app_label: str) -> bool:
        return holds_any(user_obj, app_label)
