"""The bare views' settings: the portal's engines, tokens and templates, Django's own middleware."""

from pathlib import Path

from governance.settings import *  # the portal's, but for what follows

ROOT_URLCONF = "bench.bare"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Its app does not start without; it costs next to nothing.
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")  # noqa: F405
