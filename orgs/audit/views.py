"""The audit, for auditors."""

from django.apps import apps
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orgs.audit.forms import AuditFilter
from orgs.audit.search import search
from orgs.enums import Permission
from orgs.models import AuditEntry
from orgs.web.paging import page_by_key


@require_safe
@login_required
@permission_required(Permission.VIEW_AUDITENTRY, raise_exception=True)
def audit_page(request: HttpRequest) -> HttpResponse:
    """Entries, newest first, filtered."""
    form = AuditFilter(request.GET or None)
    entries = search(**form.cleaned_data) if form.is_valid() else AuditEntry.objects.all()
    if form.is_bound and not form.is_valid():
        entries = AuditEntry.objects.none()
    page = page_by_key(request, entries)
    rows = [(entry, _record_name(entry)) for entry in page.rows]
    return render(request, "orgs/audit/audit.html", {"form": form, "page": page, "rows": rows})


def _record_name(entry: AuditEntry) -> str:
    """The kind and number of the record that an entry speaks of, in the reader's language."""
    if not entry.object_type:
        return ""
    try:
        kind = str(apps.get_model(entry.object_type)._meta.verbose_name)
    except LookupError:
        kind = entry.object_type
    return f"{kind} {entry.object_id}"
