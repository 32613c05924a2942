"""The settings of an installation: everything that differs comes from the environment or from KOMEK_HOME."""

import os
from pathlib import Path
from typing import Any

from django.urls import reverse_lazy
from psycopg.conninfo import conninfo_to_dict

from komek.platform import home

PACKAGE = Path(__file__).resolve().parent.parent
HOME = home.find()
SHARED = home.shared(HOME)
SECRETS = home.secrets(HOME)
# Names, languages, numbers and the place of the city, as its pack told them.
CITY = home.city(HOME)

DEBUG = os.environ.get("KOMEK_DEBUG") == "1"
SECRET_KEY = SECRETS.django_key
ALLOWED_HOSTS = os.environ.get("KOMEK_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
# The address people open; links in messages begin with it, and cookies are secure when it is https.
PUBLIC_URL = os.environ.get("KOMEK_PUBLIC_URL", "http://localhost:8109").rstrip("/")
HTTPS = PUBLIC_URL.startswith("https://")

# Where the browser finds the live events: its own port on one machine, a path of the same host behind a proxy.
STREAM_URL = os.environ.get("KOMEK_STREAM_URL", "")
# Where browsers become telephones; empty where there is no switch.
PHONES_URL = os.environ.get("KOMEK_PHONES_SOCKET", "")
# Browsers take echo and noise out of a voice; a tone that is to be measured would not survive it.
PHONES_RAW = os.environ.get("KOMEK_PHONES_RAW") == "1"
STREAM_ALLOWED_ORIGINS = os.environ.get("KOMEK_STREAM_ORIGINS", PUBLIC_URL).split(",")

DATABASE_URL = home.database_url(HOME)
_database = conninfo_to_dict(DATABASE_URL)
_options: dict[str, Any] = {
    key: value for key, value in _database.items() if key not in {"dbname", "user", "password", "host", "port"}
}
# The statements of units of work are prepared; Django's own never are. 0 for a pooler that hands connections around.
_options["prepare_threshold"] = int(os.environ.get("KOMEK_PREPARE_AFTER", "4")) or None
# A web process with threads shares a bounded pool; everything else holds one connection.
if _threads := int(os.environ.get("KOMEK_DATABASE_POOL", "0")):
    # Gives up soon and begins anew when asked again: its own patience would grow to minutes while the database is away.
    _options["pool"] = {"min_size": 1, "max_size": _threads, "timeout": 5, "reconnect_timeout": 3}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.get("dbname", "komek"),
        "USER": _database.get("user", ""),
        "PASSWORD": _database.get("password", ""),
        "HOST": _database.get("host", ""),
        "PORT": str(_database.get("port", "")),
        "OPTIONS": _options,
        "CONN_MAX_AGE": 0 if _threads else 600,
        # A connection may have died in the pool, with the server or with its host.
        "CONN_HEALTH_CHECKS": True,
    }
}

REGISTERS = ["staff", "places", "calendar", "residents", "catalog"]
ROOMS = [
    "channels",
    "intake",
    "calls",
    "recordings",
    "knowledge",
    "cards",
    "routing",
    "workorders",
    "control",
    "feedback",
    "analytics",
    "quality",
]
DESKS = ["operator", "controller", "service", "supervisor", "editor", "resident", "partner", "listening", "console"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "komek.platform",
    "komek.ui",
    *(f"komek.registers.{name}" for name in REGISTERS),
    *(f"komek.rooms.{name}" for name in ROOMS),
    "komek.adapters.asterisk",
    *(f"komek.desks.{name}" for name in DESKS),
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

MIDDLEWARE = [
    "komek.platform.web.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "komek.ui.caching.PrivateMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "komek.ui.outages.OutageMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "komek.platform.web.ActorMiddleware",
    "komek.ui.refusals.RefusalMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "komek.config.urls"
WSGI_APPLICATION = "komek.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "ui" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "komek.ui.context.page",
            ],
        },
    }
]

# People and sign-in.
AUTH_USER_MODEL = "staff.Agent"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "komek.ui.accounts.ClosedAccounts"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Komek"

# Languages: Kazakh first.
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("KOMEK_TIME_ZONE") or CITY.get("time_zone", "Asia/Almaty")
LANGUAGE_CODE = "kk"
LANGUAGES = [("kk", "Қазақша"), ("ru", "Русский"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = ["komek.config.formats"]
USE_THOUSAND_SEPARATOR = True

# Files that people see.
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "komek.ui.statics.Statics"},
}
WHITENOISE_USE_FINDERS = DEBUG
FILES_URL = os.environ.get("KOMEK_FILES", "")

# Safety.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "komek.platform.sessions"
SESSION_COOKIE_AGE = 14 * 3600
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "komek.ui.refusals.csrf_failure"
BEHIND_PROXY = os.environ.get("KOMEK_BEHIND_PROXY") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "connect-src": [
            "'self'",
            *([STREAM_URL] if STREAM_URL.startswith("http") else []),
            *filter(None, [PHONES_URL]),
        ],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}
# Above the largest video, with room for the form around it; single limits are in platform.files.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
DATA_UPLOAD_MAX_NUMBER_FILES = 10

LOGGING_CONFIG = "komek.platform.logs.configure"
LOGGING = {"level": os.environ.get("KOMEK_LOG_LEVEL", "INFO")}

# What is plugged in.
PLUGS = "komek.config.plugs.plug_everything_in"
