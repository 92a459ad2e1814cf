"""All settings of the portal, read from the environment (or an ignored `.env` file).

The default engines are embedded (SQLite, a broker of files, a cache in memory), so that one command
runs the whole portal; `DATABASE_URL` and `REDIS_URL` choose PostgreSQL and Redis.
"""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from governance.logs import hide_private_numbers

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
# The suite names an empty file, so that it never depends on this machine's .env.
env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
# Where the embedded engines, uploads and collected static files are kept.
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "data")))


def required(name: str, purpose: str) -> str:
    """A secret that must be set outside development; its absence stops the start with a sentence."""
    value = env.str(name, default="")
    if value:
        return value
    if DEBUG:
        return f"insecure-development-{name}"
    raise ImproperlyConfigured(f"Set {name} in the environment or in .env: {purpose}.")


def at_least(name: str, default: int, least: int, reason: str) -> int:
    """A whole number that may be raised, and never lowered under what the law asks."""
    value = env.int(name, default=default)
    if value < least:
        raise ImproperlyConfigured(f"Set {name} to {least} or more: {reason}.")
    return value


SECRET_KEY = required("SECRET_KEY", "a long random text that signs sessions and links")
# Newest first; older keys still decrypt. `manage.py rotate_field_keys` re-encrypts with the newest.
FIELD_KEYS = required(
    "FIELD_KEYS", "random texts, separated by commas, that encrypt personal data"
).split(",")
BLIND_INDEX_KEY = required(
    "BLIND_INDEX_KEY", "a random text that finds encrypted values without decrypting them"
)

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# True behind TLS (every real deployment); the demo on http://127.0.0.1 turns it off.
HTTPS = env.bool("HTTPS", default=not (DEBUG or DEMO))
# The office hours of a working day: limits in working time run only then.
WORKING_HOURS = env.str("WORKING_HOURS", default="08:30-12:00,14:30-17:30")
# Where notices go out, each an address as the Apprise library reads it, with {email}, {phone} or
# {username} for the person: {"mail": "mailtos://…?to={email}", "sms": "…/{phone}"}. None by default.
NOTICE_CHANNELS = env.json("NOTICE_CHANNELS", default={})
# Nobody is woken up for what is not urgent; a digest comes at this hour.
QUIET_HOURS = env.str("QUIET_HOURS", default="22:00-07:30")
NOTICE_DIGEST_AT = env.str("NOTICE_DIGEST_AT", default="08:30")
# How often a day one account may see private data of the roll in clear.
UNMASKINGS_A_DAY = env.int("UNMASKINGS_A_DAY", default=50)
# How long the roll keeps people who belong to no household any more.
ROLL_KEEPS_YEARS = env.int("ROLL_KEEPS_YEARS", default=3)
# The portal's own address, as messages to the outside name it.
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")
# How many proxies in front of the portal add to X-Forwarded-For.
PROXY_COUNT = env.int("PROXY_COUNT", default=0)

INSTALLED_APPS = [
    # Apps of their own inside their floor; listed first, else the floor takes their models.
    "governance.assessment",
    "governance.data_forms",
    "governance.apps.GovernanceConfig",
    "governance.dashboards",
    "tasks",
    "volunteers.service",
    "volunteers",
    "residents.deliberation",
    "residents",
    "orgs",
    "governance.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "governance.apps.StaticFiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "axes",
    "csp",
    "django_celery_beat",
    "django_filters",
    "django_htmx",
    "django_prometheus",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "mptt",
    "rest_framework",
    "template_partials",
]

MIDDLEWARE = [
    "governance.health.AliveMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "orgs.web.middleware.RequestLogMiddleware",
    "orgs.web.middleware.ContentPolicyMiddleware",
    "orgs.web.middleware.ReadableMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "orgs.web.middleware.NoNulMiddleware",
    "orgs.web.middleware.PrivateAnswersMiddleware",
    "orgs.web.middleware.FileAnswerMiddleware",
    "orgs.web.middleware.AuditContextMiddleware",
    "orgs.web.middleware.IdleTimeoutMiddleware",
    "orgs.web.middleware.AccountDutiesMiddleware",
    "orgs.web.middleware.UnsentFormMiddleware",
    "orgs.web.middleware.DomainErrorMiddleware",
    "orgs.attachments.uploads.BodyMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "governance.urls"
WSGI_APPLICATION = "governance.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "orgs.web.context.portal",
            ],
            "builtins": ["orgs.templatetags.portal", "django.templatetags.i18n"],
        },
    },
]
FORM_RENDERER = "orgs.web.form_renderer.FormRenderer"

# --- Engines -----------------------------------------------------------------------------------

DATABASES = {
    "default": env.db_url_config(
        env.str("DATABASE_URL", default="")
        or f"sqlite:///{(DATA_DIR / 'portal.sqlite3').as_posix()}"
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # PostgreSQL's default was measured on turning disks: on solid ones it reads whole tables where
    # the rows of one street are asked for (a street's desk in a tenth of a city: 240 ms for 50 ms).
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c random_page_cost=1.1")

REDIS_URL = env.str("REDIS_URL", default="")
# A page that queues a job does not wait for a broker that is away: kombu's own patience is six seconds.
REDIS_BROKER_OPTIONS = {
    "socket_connect_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
}
if REDIS_URL:
    _REDIS = {
        "BACKEND": "governance.engines.cache.ForgivingCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
    CACHES = {"default": _REDIS, "shared": _REDIS}
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = REDIS_BROKER_OPTIONS
else:
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        # What the worker tells the web process while it holds the one write transaction.
        "shared": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": DATA_DIR / "shared-cache",
        },
    }
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT = "governance.engines.file_broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(DATA_DIR / "broker"),
        "data_folder_out": str(DATA_DIR / "broker"),
        "control_folder": str(DATA_DIR / "broker-control"),
    }

CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "governance.engines.scheduler:Scheduler"

# --- Accounts ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "orgs.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "orgs.backends.PositionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    # Django's four rules, said in one sentence.
    {"NAME": "orgs.accounts.passwords.OneSentence"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "orgs.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "password1*", "password2*"]
ACCOUNT_FORMS = {
    "login": "orgs.accounts.forms.LoginForm",
    "signup": "orgs.accounts.forms.SignupForm",
    "request_login_code": "orgs.accounts.forms.RequestLoginCodeForm",
    "change_password": "orgs.accounts.forms.ChangePasswordForm",
}
# A taken or unknown number gets a clear sentence. So that numbers are not tried in bulk, one address
# learns of thirty numbers an hour (number_guess), and an account changes its number twenty times a day.
ACCOUNT_PREVENT_ENUMERATION = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_PHONE_VERIFICATION_ENABLED = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 600
# Who changes the number that opens the account, or the second factor, shows first who they are.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_GET = False
# Sessions end with the browser, unless somebody without a post chooses to stay (orgs/accounts/devices.py).
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
# A whole office, the hall's Wi-Fi or a mobile carrier's thousands may share one address: what an honest
# person does is counted by account and telephone; wrong passwords by account (AXES below).
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip",
    "login_failed": "60/m/ip,5/300s/key",
    "change_phone": "5/m/user,20/d/user",
    "signup": "600/h/ip",
    "signup_phone": "5/h/key",
    "request_login_code": "600/h/ip,3/h/key",
    "number_guess": "30/h/ip",
    "verify_phone": "1/30s/key,120/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = PROXY_COUNT
# Signing in with one tap in WeChat (the portal's 服务号) or through DingTalk: off without an app there.
WEIXIN_APP_ID = env.str("WEIXIN_APP_ID", default="")
WEIXIN_AUTHORIZE = env.str(
    "WEIXIN_AUTHORIZE", default="https://open.weixin.qq.com/connect/oauth2/authorize"
)
WEIXIN_API = env.str("WEIXIN_API", default="https://api.weixin.qq.com")
DINGTALK_APP_KEY = env.str("DINGTALK_APP_KEY", default="")
DINGTALK_AUTHORIZE = env.str("DINGTALK_AUTHORIZE", default="https://login.dingtalk.com/oauth2/auth")
DINGTALK_API = env.str("DINGTALK_API", default="https://api.dingtalk.com")
SOCIALACCOUNT_ADAPTER = "orgs.accounts.social.SocialAdapter"
SOCIALACCOUNT_PROVIDERS = {
    provider: {"APPS": [{"client_id": key, "secret": secret}] if key else [], **options}
    for provider, key, secret, options in (
        ("weixin", WEIXIN_APP_ID, env.str("WEIXIN_APP_SECRET", default=""), {"SCOPE": ["snsapi_base"]}),
        (
            "dingtalk", DINGTALK_APP_KEY, env.str("DINGTALK_APP_SECRET", default=""),
            {"SCOPE": ["openid"], "AUTH_PARAMS": {"prompt": "consent"}},
        ),
    )
}  # fmt: skip
_doors = [
    "/".join(address.split("/")[:3])
    for key, address in (
        (WEIXIN_APP_ID, WEIXIN_AUTHORIZE),
        (DINGTALK_APP_KEY, DINGTALK_AUTHORIZE),
    )
    if key
]
MFA_ADAPTER = "orgs.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "邻里共治"
# Staff positions must use a second factor; the demo accounts need none.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=not DEMO)
# Sends one-time codes: a callable (phone, text) -> None.
CODE_SENDER = env.str("CODE_SENDER", default="")
if not CODE_SENDER:
    if not (DEBUG or DEMO):
        raise ImproperlyConfigured(
            "Set CODE_SENDER in the environment or in .env: the dotted name of the function that "
            "sends codes as short messages. (Only the demo prints them to its log.)"
        )
    CODE_SENDER = "orgs.accounts.one_time_codes.send_to_console"

AXES_VERBOSE = False
# Locks end by themselves; who was locked when is in the audit.
AXES_ENABLE_ADMIN = False
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
# Whoever goes on guessing does not make the lock last.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# By account alone: whoever guesses from many addresses is locked too.
AXES_LOCKOUT_PARAMETERS = ["username"]
# W006 asks for the address beside the name, which would let a guesser go on from the next address.
# The covering columns of an index are PostgreSQL's; SQLite does without.
SILENCED_SYSTEM_CHECKS = ["axes.W006", "models.W040"]
AXES_USERNAME_FORM_FIELD = "login"
AXES_RESET_ON_SUCCESS = True
AXES_HTTP_RESPONSE_CODE = 429
AXES_LOCKOUT_CALLABLE = "orgs.accounts.sign_in.locked_answer"
AXES_CLIENT_IP_CALLABLE = "orgs.accounts.sign_in.client_ip"
# A name and a mobile number of one account count together; numbers are never kept in clear.
AXES_USERNAME_CALLABLE = "orgs.accounts.sign_in.lockout_name"
AXES_SENSITIVE_PARAMETERS = ["login", "username", "phone", "ip_address"]
# Sign-ins are in the audit.
AXES_DISABLE_ACCESS_LOG = True

SESSION_ENGINE = "django.contrib.sessions.backends.db"
# Half-finished sign-ins keep a mobile number and a code in the session.
SESSION_SERIALIZER = "orgs.crypto.SealedSerializer"
SESSION_COOKIE_AGE = 12 * 3600
# Who holds no post may choose, on the own phone, to stay signed in so long without use.
SESSION_STAYS_SECONDS = env.int("SESSION_STAYS_SECONDS", default=30 * 24 * 3600)
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", default=30 * 60)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
# A form whose mark no longer fits keeps its words.
CSRF_FAILURE_VIEW = "orgs.web.unsent.forms.csrf_refused"
# In the session, not in a cookie of its own: messages name people.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
if PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# The layers of a map, separated by blanks, the lowest first: addresses with {z}, {x}, {y}, perhaps {s}
# (0 to 7) and {key}; "tianditu" for 天地图, whose layers are streets and their names; empty: no tiles.
TIANDITU = " ".join(
    f"https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    f"&LAYER={layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
    "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}"
    for layer in ("vec", "cva")
)
_tiles = env.str("MAP_TILES", default="")
MAP_TILES = (TIANDITU if _tiles == "tianditu" else _tiles).replace(
    "{key}", env.str("MAP_KEY", default="")
)
# In which coordinates the tiles are drawn: "wgs84" (天地图), or "gcj02" as most Chinese providers do.
MAP_DATUM = env.str("MAP_DATUM", default="wgs84" if _tiles == "tianditu" else "gcj02")
# Whose map it is, with the number of its approval (审图号): shown on every map with tiles.
MAP_NOTE = env.str("MAP_NOTE", default="天地图" if _tiles == "tianditu" else "")
# Where "show me the way" leads: an address of a map that opens on a phone (its programme, or its pages),
# with {lon}, {lat} and {name}, and in which coordinates it takes the point; empty: no such link.
MAP_WAY = env.str(
    "MAP_WAY",
    default="https://uri.amap.com/navigation?to={lon},{lat},{name}&mode=walk&coordinate=gaode&callnative=1",
)
MAP_WAY_DATUM = env.str("MAP_WAY_DATUM", default="gcj02")
_tile_hosts = sorted(
    {
        "/".join(address.split("/")[:3]).replace("{s}", str(number))
        for address in MAP_TILES.split()
        for number in range(8)
    }
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *_tile_hosts],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        # The form of signing in is led on to where people say who they are.
        "form-action": [SELF, *_doors],
    }
}

# --- Language and time -------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- Files -------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "governance.engines.bundles.BundleFinder",
]
STATICFILES_DIRS = [
    BASE_DIR / "static",
    # The pictures of the guides, which the portal shows too.
    ("guides", BASE_DIR / "docs" / "images"),
    ("vendor/htmx", BASE_DIR / "node_modules/htmx.org/dist"),
    ("vendor/echarts", BASE_DIR / "node_modules/echarts/dist"),
    ("vendor/gcoord", BASE_DIR / "node_modules/gcoord/dist"),
    ("vendor/idb", BASE_DIR / "node_modules/idb/build"),
    ("vendor/jsqr", BASE_DIR / "node_modules/jsqr/dist"),
    ("vendor/leaflet", BASE_DIR / "node_modules/leaflet/dist"),
]
# What letters are set in: a TrueType font with Chinese letters.
LETTER_FONT = Path(
    env.str(
        "LETTER_FONT",
        default=str(
            BASE_DIR
            / "node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf"
        ),
    )
)
ICON_DIR = BASE_DIR / "node_modules/@tabler/icons/icons/outline"
# Compressing source maps takes most of the time of collectstatic, and browsers rarely ask for them.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["png", "jpg", "webp", "zip", "gz", "br", "woff2", "map"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_URL = "media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(DATA_DIR / "media")))
# Uploads in an S3-compatible store instead of MEDIA_ROOT. The bucket stays private: the portal reads it
# and shows each file to those who may see it.
S3_BUCKET = env.str("S3_BUCKET", default="")
_media: dict[str, Any] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
if S3_BUCKET:
    _media = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT", default="") or None,
            "region_name": env.str("S3_REGION", default="") or None,
            "access_key": required("S3_ACCESS_KEY", "the key of the store named by S3_BUCKET"),
            "secret_key": required("S3_SECRET_KEY", "the secret of the store named by S3_BUCKET"),
            "addressing_style": env.str("S3_ADDRESSING", default="auto"),
            "default_acl": None,
            "file_overwrite": False,
        },
    }
# Where a proxy with MEDIA_ROOT at hand sends allowed files itself (X-Accel-Redirect); "": the portal does.
MEDIA_HANDOVER = "" if S3_BUCKET else env.str("MEDIA_HANDOVER", default="")
STORAGES = {
    "default": _media,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
UPLOAD_MAX_BYTES = 50 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["orgs.attachments.uploads.LimitedUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- API ---------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "orgs.accounts.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["orgs.api.parsers.TextJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["orgs.api.filters.FilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "orgs.api.pagination.KeyPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "orgs.api.schema.FloorSchema",
    "DEFAULT_THROTTLE_RATES": {
        "login": env.str("THROTTLE_LOGIN", default="30/min"),
        "report_minute": env.str("THROTTLE_REPORT_MINUTE", default="20/min"),
        "report_hour": env.str("THROTTLE_REPORT_HOUR", default="60/hour"),
    },
    "NUM_PROXIES": PROXY_COUNT,
    "EXCEPTION_HANDLER": "orgs.api.problems.handle",
    "DATETIME_FORMAT": "iso-8601",
}
REST_KNOX = {"TOKEN_TTL": timedelta(hours=10), "AUTO_REFRESH": False}
SPECTACULAR_SETTINGS = {
    "TITLE": "Neighbourhood governance portal",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # Choices of fields that several models call the same get no name from the field.
    "ENUM_NAME_OVERRIDES": {
        "BuildingRoleEnum": "volunteers.enums.BuildingRole",
        "DisabilityGradeEnum": "residents.enums.DisabilityGrade",
        "MemberGradeEnum": "governance.assessment.enums.Grade",
        "CompoundClassEnum": "governance.assessment.enums.CompoundClassKind",
        "BoardKindEnum": "governance.dashboards.enums.BoardKind",
        "IndicatorRoleEnum": "governance.assessment.enums.IndicatorRole",
        "FormSubjectEnum": "governance.data_forms.enums.Subject",
        "SumKindEnum": "governance.data_forms.enums.SumKind",
        "RunStateEnum": "governance.assessment.enums.RunState",
        "SchemeStateEnum": "governance.assessment.enums.SchemeState",
        "UnitKindEnum": "orgs.enums.UnitKind",
        "HouseholdStateEnum": "residents.enums.HouseholdState",
        "CareKindEnum": "residents.enums.CareKind",
        "CollectionStateEnum": "governance.data_forms.enums.CollectionState",
        "SubmissionStateEnum": "governance.data_forms.enums.SubmissionState",
        "CareBasisEnum": "residents.enums.CareBasis",
        "BodyKindEnum": "residents.enums.BodyKind",
        "DataRequestKindEnum": "residents.enums.DataRequestKind",
        "DataRequestStateEnum": "residents.enums.DataRequestState",
        "ContractKindEnum": "residents.enums.ContractKind",
        "GuestKindEnum": "tasks.enums.GuestKind",
        "LightEnum": "tasks.enums.Light",
        "MeasureStateEnum": "tasks.enums.MeasureState",
        "PollStateEnum": "residents.deliberation.enums.PollState",
        "PollObjectionStateEnum": "residents.deliberation.enums.PollObjectionState",
        "SideEnum": "residents.deliberation.enums.SideKind",
        "CommentStateEnum": "residents.deliberation.enums.CommentState",
        "PromiseStateEnum": "residents.deliberation.enums.PromiseState",
        "FigureEnum": "tasks.enums.Figure",
        "StatusEnum": "tasks.enums.Status",
        "ServantKindEnum": "volunteers.service.enums.ServantKind",
        "SkillEnum": "volunteers.service.enums.Skill",
        "ReportInStateEnum": "volunteers.service.enums.ReportInState",
        "DoubleReportKindEnum": "volunteers.service.enums.DoubleReportKind",
        "ServicePostKindEnum": "volunteers.service.enums.PostKind",
        "PostGradeEnum": "volunteers.service.enums.PostGrade",
        "PostClaimStateEnum": "volunteers.service.enums.ClaimState",
        "ItemClassEnum": "volunteers.service.enums.ItemClass",
        "ItemUseEnum": "volunteers.service.enums.ItemUse",
        "MinutesKindEnum": "volunteers.service.enums.MinutesKind",
        "ActivityKindEnum": "volunteers.service.enums.ActivityKind",
        "ActivityStateEnum": "volunteers.service.enums.ActivityState",
        "SignUpStateEnum": "volunteers.service.enums.SignUpState",
        "AppealStateEnum": "volunteers.service.enums.AppealState",
        "MonthStateEnum": "volunteers.service.enums.MonthState",
        "MonthRatingEnum": "volunteers.service.enums.MonthRating",
        "RingStateEnum": "volunteers.service.enums.RingState",
        "ServiceOrderStateEnum": "volunteers.service.enums.OrderState",
        "RedemptionStateEnum": "volunteers.service.enums.RedemptionState",
        "ServiceLevelEnum": "volunteers.service.enums.Level",
        "ConsentWayEnum": "volunteers.service.enums.ConsentWay",
    },
}

# --- The portal's own rules --------------------------------------------------------------------

# Prefix of task numbers, for example the initials of the district.
TASK_NUMBER_PREFIX = env.str("TASK_NUMBER_PREFIX", default="HZ")
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="Neighbour-2026")

# How long the logs of sign-ins are kept. (The audit is kept for ever.)
SIGN_IN_LOG_DAYS = at_least(
    "SIGN_IN_LOG_DAYS", 184, 180, "the law asks for logs of six months (Cybersecurity Law, art. 21)"
)
# Who may read /metrics: whoever brings this token, or asks from one of these networks. By default nobody.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_NETWORKS = env.list("METRICS_NETWORKS", default=[])
PROMETHEUS_EXPORT_MIGRATIONS = False

# Reports of errors (mails to ADMINS) name fields and lines of code, and no value that somebody typed.
DEFAULT_EXCEPTION_REPORTER = "governance.error_reports.PrivateReporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "governance.error_reports.PrivateFilter"

# --- Logs --------------------------------------------------------------------------------------

DJANGO_STRUCTLOG_CELERY_ENABLED = True
# One line a request, when it is done.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
_shared_processors: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.processors.format_exc_info,
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                hide_private_numbers,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            "foreign_pre_chain": _shared_processors,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django.server": {"handlers": ["console"], "propagate": False}},
}
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_shared_processors,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
