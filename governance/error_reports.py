"""What reports of unexpected errors (mails to ADMINS, debug pages) must not hold: anything typed.

Names of fields and variables stay, and the line of code; values do not.
"""

from collections.abc import ItemsView
from typing import Any

from django.http import HttpRequest
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from governance.logs import masked

HIDDEN = SafeExceptionReporterFilter.cleansed_substitute
# Of the request's own facts, those that tell what failed and nothing of whom.
SHOWN_META = ("REQUEST_METHOD", "CONTENT_TYPE", "CONTENT_LENGTH", "SERVER_NAME", "SERVER_PORT")


class PrivateFilter(SafeExceptionReporterFilter):
    """Hides every value of forms, cookies and local variables, in whatever mode the portal runs."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return dict.fromkeys(request.POST, HIDDEN) if request is not None else {}

    def get_safe_cookies(self, request: HttpRequest | None) -> dict[str, str]:
        return dict.fromkeys(request.COOKIES, HIDDEN) if request is not None else {}

    def get_safe_request_meta(self, request: HttpRequest | None) -> dict[str, Any]:
        if request is None:
            return {}
        return {name: request.META[name] for name in SHOWN_META if name in request.META}

    def get_traceback_frame_variables(
        self, request: HttpRequest | None, tb_frame: Any
    ) -> ItemsView[str, Any]:
        return {
            name: f"<{type(value).__name__}>" for name, value in tb_frame.f_locals.items()
        }.items()


class PrivateReporter(ExceptionReporter):
    """A report without the address's query, without the person, with numbers in messages masked."""

    def get_traceback_data(self) -> dict[str, Any]:
        data = super().get_traceback_data()
        for name in ("exception_value", "exception_notes", "unicode_hint"):
            if data.get(name):
                data[name] = masked(str(data[name]))
        for frame in data["frames"]:
            if cause := frame.get("exc_cause"):
                frame["exc_cause"] = masked(str(cause))
        if self.request is not None:
            data["request_FILES_items"] = [(name, HIDDEN) for name in self.request.FILES]
            data["user_str"] = HIDDEN
            data["request_GET_items"] = [(name, HIDDEN) for name in self.request.GET]
            data["request_insecure_uri"] = self.request.path
        return data
