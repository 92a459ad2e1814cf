"""The audit, for auditors."""

from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orgs.audit import labels
from orgs.audit.forms import AuditFilter
from orgs.audit.search import TooManyRecords, names_of, people_of, search
from orgs.enums import Permission
from orgs.models import AuditEntry
from orgs.web.paging import page_by_key


@require_safe
@login_required
@permission_required(Permission.VIEW_AUDITENTRY, raise_exception=True)
def audit_page(request: HttpRequest) -> HttpResponse:
    """Entries, newest first, filtered."""
    form = AuditFilter(request.GET or None)
    entries = _entries(form)
    page = page_by_key(request, entries)
    names, people = names_of(page.rows), people_of(page.rows)
    rows = [
        (
            entry,
            _record_name(entry, names.get((entry.object_type, entry.object_id), "")),
            people.get(entry.actor_id or 0, ""),
        )
        for entry in page.rows
    ]
    return render(request, "orgs/audit/audit.html", {"form": form, "page": page, "rows": rows})


def _entries(form: AuditFilter) -> QuerySet[AuditEntry]:
    """All without a filter, none with one that says too little, which the form then tells."""
    if not form.is_bound:
        return AuditEntry.objects.all()
    if form.is_valid():
        try:
            return search(**form.cleaned_data)
        except TooManyRecords as error:
            form.add_error(None, error.message)
    return AuditEntry.objects.none()


def _record_name(entry: AuditEntry, name: str) -> str:
    """The kind and the name, else the number, of the record that an entry speaks of."""
    if not entry.object_type:
        return ""
    return f"{labels.kind(entry.object_type)} {name or entry.object_id}"
