"""One settings module over ``CMIX_*`` variables; starts with an empty environment.

Embedded by default (SQLite, file-system broker, mail written to files); the same code runs on
PostgreSQL, Redis and SMTP when the variables say so. See docs/architecture.md.
"""

import os
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

# Our matrices are four by four: threads of the linear algebra only wait for one another (a fit took
# twenty times longer on a busy machine). Read when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env("CMIX_DATA_DIR", default=str(BASE_DIR / "var"))).absolute()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """The key of the environment, else one generated once and readable by the owner alone."""
    if key := env("CMIX_SECRET_KEY", default=""):
        return key
    path = DATA_DIR / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(get_random_secret_key())
    return path.read_text().strip()


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env.list("CMIX_SECRET_KEY_FALLBACKS", default=[])
DEBUG = env.bool("CMIX_DEBUG", default=False)

# --- the company ------------------------------------------------------------------------------
CMIX_COMPANY = env("CMIX_COMPANY", default="Customer Mix")
# Reporting currency: every amount is converted to it at the order day's rate.
CMIX_CURRENCY = env("CMIX_CURRENCY", default="EUR")
# Demo mode shows the demo's log-ins on the login page.
CMIX_DEMO = env.bool("CMIX_DEMO", default=False)
# What to do with a mail of which nobody knows whether it arrived: "hold" or "resend".
CMIX_MAIL_UNCERTAIN = env("CMIX_MAIL_UNCERTAIN", default="hold")
# Whether the weekly mail names amounts of money; names, reasons and links always.
CMIX_MAIL_AMOUNTS = env.bool("CMIX_MAIL_AMOUNTS", default=False)
# How pages name the sociotypes: "neutral", or "method" for the names of the method itself.
CMIX_SOCIOTYPE_NAMES = env("CMIX_SOCIOTYPE_NAMES", default="neutral")
# Whether people whose answers grow old are asked again by themselves, in month 17.
CMIX_SOCIOTYPE_REASK = env.bool("CMIX_SOCIOTYPE_REASK", default=True)
# Links in mails never trust the Host header of a request.
CMIX_BASE_URL = env("CMIX_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")

_https = CMIX_BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.list(
    "CMIX_ALLOWED_HOSTS",
    default=["127.0.0.1", "localhost", "[::1]", CMIX_BASE_URL.split("://")[-1].split(":")[0]],
)
CSRF_TRUSTED_ORIGINS = [CMIX_BASE_URL]

INSTALLED_APPS = [
    "cmix_site",
    "attention",
    "kinetics",
    "segmentation",
    "trust_audit",
    "intake",
    "sales",
    "clients",
    "jobs",
    "accounts",
    "common",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "template_partials",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # a list weighs a sixth; its padding answers BREACH
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "common.middleware.PrivateResponsesMiddleware",
    "common.middleware.ConflictMiddleware",
    "csp.middleware.CSPMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "cmix_site.urls"
WSGI_APPLICATION = "cmix_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "common.context.frame",
            ],
            "builtins": ["template_partials.templatetags.partials", "common.templatetags.cmix"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- database ---------------------------------------------------------------------------------
SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
        "PRAGMA cache_size=-64000;PRAGMA temp_store=MEMORY;"
    ),
}
# Kept from one request to the next: a new one reads the schema again, and SQLite every page of the file it needs.
CONNECTION_SECONDS = 60
POSTGRESQL_OPTIONS = {
    "options": "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000",
}


def _database() -> dict[str, Any]:
    config = env.db("CMIX_DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'cmix.sqlite3'}")
    if config["ENGINE"].endswith("sqlite3"):
        return config | {"CONN_MAX_AGE": CONNECTION_SECONDS, "OPTIONS": SQLITE_OPTIONS}
    return config | {
        "CONN_MAX_AGE": CONNECTION_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": config.get("OPTIONS", {}) | POSTGRESQL_OPTIONS,
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.UserBackend",
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
SESSION_COOKIE_AGE = 43200
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours; growing locks would be a way to keep somebody out
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "accounts.addresses.client_address"
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "username"
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_VERBOSE = False

# --- languages --------------------------------------------------------------------------------
LANGUAGE_CODE = env("CMIX_LANGUAGE", default="fr")
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env("CMIX_TIME_ZONE", default="Europe/Paris")
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["common.formats"]

# --- static files and uploads -----------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "var" / "static"
VENDOR_DIR = BASE_DIR / "node_modules"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "common.vendor.VendorFinder",
]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
    },
}
MEDIA_URL = ""  # nothing uploaded is ever served by path
FILE_UPLOAD_PERMISSIONS = 0o600
# What the process that parses a workbook may take: megabytes of addresses, seconds of the processor.
CMIX_WORKBOOK_MB = env.int("CMIX_WORKBOOK_MB", default=512)
CMIX_WORKBOOK_SECONDS = env.int("CMIX_WORKBOOK_SECONDS", default=180)
CMIX_WORKBOOK_WAIT = env.int("CMIX_WORKBOOK_WAIT", default=300)
CMIX_UPLOAD_MAX_BYTES = env.int("CMIX_UPLOAD_MAX_BYTES", default=100 * 1024 * 1024)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 5

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- mail -------------------------------------------------------------------------------------
_email = env.email_url("CMIX_EMAIL_URL", default=f"filemail://{DATA_DIR / 'mail'}")
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST = _email.get("EMAIL_HOST", "")
EMAIL_PORT = _email.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _email.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _email.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("CMIX_EMAIL_FROM", default="Customer Mix <mix@localhost>")

# --- safety -----------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = _https
SECURE_HSTS_SECONDS = 31536000 if _https else 0
# Whether its subdomains follow, and a preload list, are the company's to decide, in its proxy.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
CMIX_BEHIND_PROXY = env.bool("CMIX_BEHIND_PROXY", default=False)
if CMIX_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# Networks, such as 127.0.0.0/8, that the audit of a site may visit although they are not of the open internet.
CMIX_AUDIT_ALLOW_NETS = env.list("CMIX_AUDIT_ALLOW_NETS", default=[])
# Seconds between two requests of an audit to one host.
CMIX_AUDIT_DELAY = env.float("CMIX_AUDIT_DELAY", default=1.0)

# --- background work --------------------------------------------------------------------------
CELERY_BROKER_URL = env("CMIX_BROKER_URL", default="filesystem://")
# Seconds a worker may stay silent before its job or mail is free for another.
CMIX_JOB_LEASE = env.int("CMIX_JOB_LEASE", default=120)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("CMIX_LOG_LEVEL", default="INFO")},
    "loggers": {
        "axes": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "kombu.connection": {"level": "ERROR"},
        "celery": {"level": "WARNING"},
    },
}
