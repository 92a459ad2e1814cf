"""The ceiling's settings: the portal's engines and tokens, hardly a middleware, no throttles."""

from governance.settings import *  # the portal's, but for what follows

ROOT_URLCONF = "bench.bare"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Its app does not start without; it costs next to nothing.
    "allauth.account.middleware.AccountMiddleware",
]
