"""All addresses of the portal."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path, re_path
from django.utils.functional import lazy
from django.views.generic import RedirectView
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from governance import health, metrics
from governance.views import help as help_views
from governance.views import home
from orgs import api_urls as orgs_api
from orgs.accounts import social
from orgs.accounts.views import admin_login, social_begin, social_finish

handler400 = "governance.views.errors.bad_request"
handler404 = "governance.views.errors.not_found"
# Of allauth's limits; looked for by this name.
handler429 = "orgs.web.throttling.too_many_requests"
handler500 = "governance.views.errors.broken"

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("", home.home, name="home"),
    # Pages that are not ours (the admin) name no icon; browsers then ask here.
    path("favicon.ico", RedirectView.as_view(url=lazy(static, str)("img/favicon.svg"))),
    path("help/", help_views.help_page, name="help"),
    path("help/<slug:name>/", help_views.guide, name="guide"),
    path("complaints/", help_views.complaints, name="complaints"),
    path("i18n/language/", set_language, name="set_language"),
    path("i18n/type-size/", home.set_type_size, name="set_type_size"),
    # Before the pages, of which an address of the API would be compared with two hundred.
    path("api/v1/", include("residents.deliberation.api_urls")),
    path("api/v1/", include("tasks.api_urls")),
    path("api/v1/", include("governance.assessment.api_urls")),
    path("api/v1/", include("governance.dashboards.api_urls")),
    path("api/v1/", include("governance.data_forms.api_urls")),
    path("api/v1/", include("residents.api_urls")),
    path("api/v1/", include("volunteers.service.api_urls")),
    path("api/v1/", include("volunteers.api_urls")),
    path("api/v1/", include(orgs_api.urlpatterns)),
    path("", include("governance.dashboards.urls")),
    path("", include("orgs.urls")),
    path("", include("tasks.urls")),
    path("", include("governance.assessment.urls")),
    path("", include("governance.data_forms.urls")),
    path("", include("residents.deliberation.urls")),
    path("", include("residents.urls")),
    path("", include("volunteers.service.urls")),
    path("", include("volunteers.urls")),
    # The admin is entered by the portal's own door.
    path("admin/login/", admin_login),
    path("admin/", admin.site.urls),
    # The portal keeps no e-mail addresses: a forgotten password is replaced after a code.
    path(
        "accounts/password/reset/", RedirectView.as_view(pattern_name="account_request_login_code")
    ),
    path("accounts/email/", RedirectView.as_view(pattern_name="orgs:account")),
    # allauth's own pages of other ways in: what there is to see stands on one's own page.
    re_path("^accounts/(?:3rdparty|social)/", RedirectView.as_view(pattern_name="orgs:account")),
    *(
        path(
            f"accounts/{provider}/{step}/", view, {"provider": provider}, name=f"{provider}_{name}"
        )
        for provider in social.NAMES
        for step, view, name in (
            ("login", social_begin, "login"),
            ("login/callback", social_finish, "callback"),
        )
    ),
    path("accounts/", include("allauth.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]
