"""The ground floor's part of /api/v1/."""

from orgs.api import attachments, auth, units

urlpatterns = [
    *attachments.urlpatterns,
    *auth.urlpatterns,
    *units.urlpatterns,
]
