"""Django's settings. Whatever differs between installations comes from the environment; see docs/reference/web.md.

`barometer web` sets the variables for an installation on one machine: embedded PostgreSQL, keys in its data
folder. In production the operator sets them.
"""

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf.locale import LANG_INFO

HERE = Path(__file__).parent


def database(url: str) -> dict[str, object]:
    """Django's settings of the PostgreSQL server a URL names (RFC 3986; a socket's folder stands in ?host=)."""
    parts = urlsplit(url)
    options = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "barometer.web.postgres",
        "NAME": parts.path.lstrip("/") or "barometer",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        # Statements are prepared after their second use: planning costs more than running them.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 2, **options},
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def _flag(name: str) -> bool:
    return os.environ.get(name, "") not in ("", "0", "no", "false")


DEBUG = False
SECRET_KEY = os.environ.get("BAROMETER_SECRET_KEY", "")
LINK_KEY = os.environ.get("BAROMETER_LINK_KEY", "")
"""Key of respondents' links and codes; another than Django's. Whoever changes it makes every letter sent worthless."""
APPROVAL_KEY = os.environ.get("BAROMETER_APPROVAL_KEY", "")
"""Signs who agreed to a release; `barometer publish` believes no other signature."""
BASE_URL = os.environ.get("BAROMETER_BASE_URL", "http://localhost:8020")
"""Where respondents reach the installation; stands in letters."""
ALLOWED_HOSTS = os.environ.get("BAROMETER_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL.startswith("https:") else []
WORKSPACE = Path(os.environ.get("BAROMETER_WORKSPACE", "."))
"""Where build/ and releases/ of the editions lie."""
DEVELOPMENT_MAILBOX = _flag("BAROMETER_DEVELOPMENT_MAILBOX")
"""Mail is kept and shown on a page instead of being sent. For demo and training."""

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "csp",
    "procrastinate.contrib.django",
    "barometer.web.audit",
    "barometer.web.accounts",
    "barometer.web.fieldwork",
    "barometer.web.releases",
    "barometer.web.statbank",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "barometer.web.compression.CompressedPages",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "barometer.web.urls"
WSGI_APPLICATION = "barometer.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {"default": database(os.environ.get("DATABASE_URL", "postgresql:///barometer"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "fieldwork:collections"
SECOND_FACTOR_REQUIRED = not _flag("BAROMETER_SECOND_FACTOR_OPTIONAL")
"""Whether staff must have a second factor. Optional only where nothing is real: demo and training."""
OTP_TOTP_ISSUER = "Barometer"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

LANGUAGE_CODE = "en"
LANGUAGES = [("da", "Dansk"), ("nb", "Norsk bokmål"), ("sv", "Svenska"), ("en", "English")]
for _code, _name in LANGUAGES:
    LANG_INFO[_code]["name_local"] = _name  # Django itself says "norsk (bokmål)"
LOCALE_PATHS = sorted(path for path in (HERE / "locale").iterdir() if path.is_dir())
FORMAT_MODULE_PATH = "barometer.web.formats"
USE_TZ = True
TIME_ZONE = os.environ.get("BAROMETER_TIME_ZONE", "Europe/Copenhagen")

STATIC_URL = "static/"
STATICFILES_DIRS = [HERE / "static", ("site", HERE.parent / "publication" / "static")]
STATIC_ROOT = WORKSPACE / "build" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

EMAIL_BACKEND = f"barometer.web.fieldwork.mailbox.{'Mailbox' if DEVELOPMENT_MAILBOX else 'Server'}"
EMAIL_HOST = os.environ.get("BAROMETER_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("BAROMETER_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("BAROMETER_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("BAROMETER_SMTP_PASSWORD", "")
EMAIL_USE_TLS = _flag("BAROMETER_SMTP_TLS")
EMAIL_USE_SSL = _flag("BAROMETER_SMTP_SSL")
EMAIL_TIMEOUT = 30
BOUNCE_ADDRESS = os.environ.get("BAROMETER_BOUNCE_ADDRESS", "")
"""Where mail that cannot be delivered comes back; each message has its own '+' part. '': the sender's address."""
MAIL_PER_MINUTE = int(os.environ.get("BAROMETER_MAIL_PER_MINUTE", "600"))
ARM_ALONE_UP_TO = int(os.environ.get("BAROMETER_ARM_ALONE_UP_TO", "100"))
"""Rules that may reach more cases are armed by somebody else than who made them."""
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

API_CELLS = int(os.environ.get("BAROMETER_API_CELLS", "100000"))
"""Numbers that one answer of the API may hold."""
API_CALLS, API_SECONDS = (int(one) for one in os.environ.get("BAROMETER_API_CALLS", "300/10").split("/"))
"""Calls of the API that an address may make, and in how many seconds."""
API_SAVES, API_SAVE_SECONDS = (int(one) for one in os.environ.get("BAROMETER_API_SAVES", "60/3600").split("/"))
"""Queries that an address may store, and in how many seconds."""
API_SAVED = int(os.environ.get("BAROMETER_API_SAVED", "100000"))
"""Different queries that are stored at most."""

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https:")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _flag("BAROMETER_BEHIND_PROXY") else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if BASE_URL.startswith("https:") else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_HANDLERS = ["barometer.web.uploads.SmallFiles"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "base-uri": ["'none'"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "img-src": ["'self'", "data:"],  # icons of the design system are data addresses
        "script-src": ["'self'"],
        "style-src": ["'self'"],
    }
}
