"""The administration site as a whole: its name, and which models of libraries it leaves out."""

from importlib import import_module

from django.apps import apps
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

admin.site.site_header = admin.site.site_title = _("Neighbours: administration")
admin.site.index_title = _("Everything that is kept")

# Rights come from positions; tokens and second factors are their owners', changed by use-cases.
LEFT_OUT = {
    "knox.admin": ("knox.AuthToken",),
    "allauth.account.admin": ("account.EmailAddress",),
    "allauth.socialaccount.admin": (
        "socialaccount.SocialAccount",
        "socialaccount.SocialApp",
        "socialaccount.SocialToken",
    ),
    "allauth.mfa.admin": ("mfa.Authenticator",),
    "django.contrib.auth.admin": ("auth.Group",),
}
for module, labels in LEFT_OUT.items():
    # Registered now, so that it cannot be registered later.
    import_module(module)
    for label in labels:
        model = apps.get_model(label)
        if admin.site.is_registered(model):
            admin.site.unregister(model)
