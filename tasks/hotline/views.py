"""Hotline tickets by Excel: the template, and sending a sheet."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from orgs.imports import views as imports
from tasks.enums import Permission
from tasks.hotline.roster import HOTLINE

may_import = permission_required(Permission.IMPORT_HOTLINE, raise_exception=True)


@never_cache
@login_required
@may_import
@require_http_methods(["GET", "POST"])
def hotline(request: HttpRequest) -> HttpResponse:
    """Sending a sheet; what it would do is shown next."""
    return imports.send(
        request,
        HOTLINE,
        None,
        template_address=reverse("tasks:hotline_template"),
        trail=[(_("Tasks"), reverse("tasks:list")), (str(HOTLINE.name), "")],
    )


@require_safe
@login_required
@may_import
def template(request: HttpRequest) -> HttpResponseBase:
    """The sheet to fill in."""
    return imports.template(request, HOTLINE, None)
