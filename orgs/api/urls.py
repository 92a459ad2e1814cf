"""The ground floor's part of /api/v1/."""

from orgs.api import attachments, auth, notices, units

urlpatterns = [
    *attachments.urlpatterns,
    *auth.urlpatterns,
    *notices.urlpatterns,
    *units.urlpatterns,
]
