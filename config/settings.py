"""Settings from the environment, with `.env` in the project's folder read first (written by `make demo`).

Safe by default: without `.env` and without variables nothing starts, and each refusal names what to set.
"""

import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env, EnvError

from config import logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
env.read_env(BASE_DIR / ".env", recurse=False)

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "")
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured(
        "SECRET_KEY is missing or shorter than 32 characters: set it in the environment or in .env "
        "(`make demo` writes one; for production: python -c 'import secrets; print(secrets.token_urlsafe(50))')."
    )
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [])
if not DEBUG and not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is empty: set it to the host names of the site, separated by commas.")
if not DEBUG and "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS=* lets anybody choose the address in links: name the hosts of the site.")
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)  # exactly one, which ends TLS
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
ALLOW_DEMO = env.bool("ALLOW_DEMO", DEBUG)
SHOW_DEMO_STRIP = env.bool("SHOW_DEMO_STRIP", False)
DEMO_PASSWORD = env.str("DEMO_PASSWORD", "")
if not (DEBUG or ALLOW_DEMO) and (SHOW_DEMO_STRIP or DEMO_PASSWORD):
    raise ImproperlyConfigured(
        "SHOW_DEMO_STRIP or DEMO_PASSWORD is set, and this is no demo: remove them (or set ALLOW_DEMO=1 for a demo)."
    )
CONTACT_TELEPHONE = env.str("CONTACT_TELEPHONE", "")
CONTACT_HOURS = env.str("CONTACT_HOURS", "")  # on weekdays, such as 9:30～17:00

INSTALLED_APPS = [
    "surveys",
    "aggregation",
    "surveys.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "corsheaders",
    "crispy_forms",
    "csp",
    "django_tasks",
    "django_tasks_db",
]
MIDDLEWARE = [
    "config.logs.requests",
    # First what puts headers on every answer, so that files, redirects and refusals of those below have them too.
    "config.headers.headers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "config.headers.methods",
    "surveys.text_door.TextDoor",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "surveys.session_limits.SessionLimits",
    "surveys.second_factor.SecondFactorRequired",
    "config.limits.Limits",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # The cached loader also in development: matrices are slow without it.
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "surveys.context.frame",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ["questionnaire"]
CRISPY_TEMPLATE_PACK = "questionnaire"

(BASE_DIR / "var").mkdir(exist_ok=True)
DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{BASE_DIR / 'var' / 'db.sqlite3'}")}
database = DATABASES["default"]
if database["ENGINE"] == "django.db.backends.sqlite3":
    # Immediate transactions take the write lock at once, so two savers queue instead of failing half way.
    database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
    if not (DEBUG or env.bool("ALLOW_SQLITE", False)):
        raise ImproperlyConfigured(
            "DATABASE_URL is missing or names SQLite, which is for trying: set it to postgres://user:password@host/name"
            " (or ALLOW_SQLITE=1 for a site with few people)."
        )
    database["TEST"] = {"NAME": f"{database['NAME']}.test"}  # a file, so that the threads of a test really meet
else:
    pool_size = env.int("DATABASE_POOL_SIZE", 8)
    # After the database was away, the pool looks for it anew at once, not at ever longer intervals; a request waits for
    # less than the page that saves does, and is never given a connection of before.
    pool = {"min_size": 1, "max_size": pool_size, "timeout": 10, "reconnect_timeout": 5}
    # What a process that hangs holds is let go of; the URL may say otherwise, and more, such as ?sslmode=require.
    bounds = {"connect_timeout": 10, "options": f"-c idle_in_transaction_session_timeout={10 * 60_000}"}
    database["OPTIONS"] = {**bounds, **database.get("OPTIONS", {}), **({"pool": pool} if pool_size else {})}
    database["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "surveys.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: it refuses who is locked out
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("sign_in_id", "name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "surveys.password_words.WordsOfTheSurvey"},
]
ACCOUNT_ADAPTER = "surveys.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "sign_in_id"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_USER_DISPLAY = "surveys.accounts.display_name"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_UNIQUE_EMAIL = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

# Second factor: asked of everybody who has one; the ministry and coordinators must have one.
REQUIRE_MFA = env.bool("REQUIRE_MFA", not DEBUG)
if not (REQUIRE_MFA or DEBUG):
    raise ImproperlyConfigured(
        "REQUIRE_MFA=0 lets the ministry and coordinators in with a password alone: remove REQUIRE_MFA or set it to 1."
    )
MFA_ADAPTER = "surveys.accounts.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "surveys.factor_forms.AuthenticateForm",
    "reauthenticate": "surveys.factor_forms.ReauthenticateForm",
    "activate_totp": "surveys.factor_forms.ActivateForm",
}
MFA_TOTP_TOLERANCE = 1  # a code that has just gone out is still good; none is good twice (surveys.factor_forms)
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG  # http://localhost

# Throttling: surveys/locking.py says what is counted, and why nobody is locked out by name alone.
AXES_HANDLER = "surveys.locking.Handler"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = "surveys.locking.counted_by"
AXES_LOCKOUT_CALLABLE = "surveys.locking.locked_page"
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "surveys.locking.name_key"
AXES_CLIENT_IP_CALLABLE = "surveys.locking.address"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login", "oldpassword", "code", "csrfmiddlewaretoken", "next"]
AXES_DISABLE_ACCESS_LOG = True  # the history is the event table
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
ACCOUNT_RATE_LIMITS = {
    "login": None,  # surveys.accounts counts by "sign_in" what comes without a device cookie
    "sign_in": "300/m/ip",  # one address may be that of all town halls of a prefecture
    "login_failed": "5/15m/key",  # codes of the second factor; the key is a person whose password was right
    "invitation": "120/m/ip",
}
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}
DEVICE_COOKIE_NAME = "device" if DEBUG else "__Host-device"
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0  # else anybody could name an address

# Sessions end after so many minutes without an action, and after so many hours whatever is done.
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", 8 * 60)
SESSION_IDLE_MINUTES_STAFF = env.int("SESSION_IDLE_MINUTES_STAFF", 30)  # the ministry and coordinators
SESSION_MAX_HOURS = env.int("SESSION_MAX_HOURS", 7 * 24)
SESSION_MAX_HOURS_STAFF = env.int("SESSION_MAX_HOURS_STAFF", 12)
SESSION_COOKIE_AGE = 3600 * max(SESSION_MAX_HOURS, SESSION_MAX_HOURS_STAFF)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Long work: a worker (manage.py db_worker) does it from a queue in the database, or without one the request itself.
BACKGROUND_WORKER = env.bool("BACKGROUND_WORKER", not DEBUG)
QUEUE = "django_tasks_db.DatabaseBackend" if BACKGROUND_WORKER else "django_tasks.backends.immediate.ImmediateBackend"
TASKS = {"default": {"BACKEND": QUEUE}}

# What is made for the ministry to take, such as the reports of all bodies: a folder that all nodes share, never served.
FILES_FOLDER = env.str("FILES_FOLDER", str(BASE_DIR / "var" / "files"))
REPORT_PROCESSES = env.int("REPORT_PROCESSES", os.cpu_count() or 1)

# Backups (docs/backup.md): where, for which public keys, and of how many days all, of how many weeks and months one.
BACKUP_FOLDER = env.str("BACKUP_FOLDER", str(BASE_DIR / "var" / "backups"))
BACKUP_RECIPIENT: list[str] = env.list("BACKUP_RECIPIENT", [])
BACKUP_KEEP = [env.int(f"BACKUP_KEEP_{each}", count) for each, count in (("DAYS", 14), ("WEEKS", 8), ("MONTHS", 13))]

# After how many years purge_people takes out the names of people who have left; 0: whoever runs it says so.
PERSONAL_DETAILS_YEARS = env.int("PERSONAL_DETAILS_YEARS", 0)

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("日本語")), ("en", _("英語"))]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True

# Mail: a server by URL, files of var/mail in development, or none on purpose.
EMAIL_URL = env.str("EMAIL_URL", "")
SENDS_MAIL = EMAIL_URL != "none"
EMAIL_TIMEOUT = 10  # seconds; a mail is sent in the request of the person who submits
if EMAIL_URL and SENDS_MAIL:
    try:
        mail_server = env.dj_email_url("EMAIL_URL")
    except EnvError:
        mail_server = {}
    if "EMAIL_BACKEND" not in mail_server:
        raise ImproperlyConfigured(
            "EMAIL_URL cannot be read: write it like submission://user:password@mail.example (STARTTLS, port 587), "
            "smtp://user:password@mail.example:465?ssl=true or smtp://mail.example:25, with %XX for special characters "
            "of the password; or EMAIL_URL=none to send no mail."
        )
    vars().update({**mail_server, "EMAIL_TIMEOUT": mail_server["EMAIL_TIMEOUT"] or EMAIL_TIMEOUT})
elif not SENDS_MAIL:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
elif DEBUG:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = BASE_DIR / "var" / "mail"
else:
    raise ImproperlyConfigured(
        "EMAIL_URL is missing: set it to the mail server, such as submission://user:password@mail.example, "
        "or to none to send no mail."
    )
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", "survey@localhost" if DEBUG else "")
if SENDS_MAIL and not DEFAULT_FROM_EMAIL:
    raise ImproperlyConfigured("MAIL_FROM is missing: set it to the address that mails come from (or EMAIL_URL=none).")
PUBLIC_URL = env.str("PUBLIC_URL", "http://localhost:8000" if DEBUG else "").rstrip("/")
if SENDS_MAIL and not PUBLIC_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured(
        "PUBLIC_URL is missing or no web address: set it to the address of the site for the links in mails, such as "
        "https://survey.example (or EMAIL_URL=none)."
    )

if SENDS_MAIL and not DEBUG and PUBLIC_URL.startswith("http://"):
    raise ImproperlyConfigured("PUBLIC_URL begins with http://: the links in mails hold codes, so write https://.")

LOGGING = {} if DEBUG else logs.LOGGING

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
NODE_MODULES = BASE_DIR / "node_modules"
STATICFILES_DIRS = [
    (prefix, folder)
    for prefix, folder in (
        ("tokens", NODE_MODULES / "@digital-go-jp" / "design-tokens" / "dist"),
        ("fonts", NODE_MODULES / "@fontsource" / "biz-udpgothic"),
        ("htmx", NODE_MODULES / "htmx.org" / "dist"),
        ("idiomorph", NODE_MODULES / "idiomorph" / "dist"),
    )
    if folder.is_dir()
]
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Pages of other sites may read the API and the published files, and nothing else; no cookie goes with it.
CORS_URLS_REGEX = r"^/(api/|report/.+\.(atom|csv|json|pdf|svg|xlsx|zip)$)"
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_METHODS = ("GET", "HEAD", "OPTIONS")
CORS_EXPOSE_HEADERS = ("ETag", "Content-Disposition")
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# Names that begin with __Host- a browser takes only over HTTPS, for this host and all of it: no other site of the same
# domain can put its own in their place. The script of the form reads the token of CSRF, so that cookie is not hidden.
COOKIES = "" if DEBUG else "__Host-"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIES}sessionid", f"{COOKIES}csrftoken"
LANGUAGE_COOKIE_NAME, MESSAGES_COOKIE_NAME = f"{COOKIES}django_language", f"{COOKIES}messages"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "config.headers.Notices"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", not DEBUG)
SECURE_HSTS_SECONDS = 0 if DEBUG else env.int("SECURE_HSTS_SECONDS", 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # asked by what watches over this process, without TLS
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
elif not (DEBUG or SECURE_SSL_REDIRECT):
    raise ImproperlyConfigured(
        "SECURE_SSL_REDIRECT=0 without a proxy sends passwords in the open: remove it, or set BEHIND_PROXY=1 if a "
        "proxy ends TLS."
    )
# What a request may bring. The largest page is a step with all bodies of a round (two fields each), the largest text
# field a register of all bodies on its way from the preview to the confirmation. A form takes one file, of up to 5 MB.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 1
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
MOST_UPLOADED = 10_000_000
FILE_UPLOAD_HANDLERS = [
    "config.uploads.Measured",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Counts of requests and files made once for many: all processes have to see the same. The table of the database is one
# of the migrations; a server of its own is another URL.
try:
    CACHES = {"default": env.dj_cache_url("CACHE_URL", "locmem://" if DEBUG else "db://aggregation_kept")}
except Exception as error:
    raise ImproperlyConfigured(
        "CACHE_URL cannot be read: leave it out (a table of the database), or write it like redis://cache.example:6379/0."
    ) from error
if not DEBUG and CACHES["default"]["BACKEND"].rsplit(".", 1)[-1] in ("LocMemCache", "DummyCache"):
    raise ImproperlyConfigured(
        "CACHE_URL is a cache of one process, in which limits are not kept: leave it out (a table of the database), or "
        "set it to a server, such as redis://cache.example:6379/0."
    )
CACHES["default"].setdefault("OPTIONS", {}).setdefault("MAX_ENTRIES", 20_000)
RATELIMIT_ENABLE = env.bool("RATE_LIMITS", True)
RATELIMIT_IP_META_KEY = "config.limits.address"
RATELIMIT_FAIL_OPEN = True  # a count that is lost refuses nobody
SECURITY_CONTACT = env.str("SECURITY_CONTACT", "")  # such as mailto:security@survey.example, for security.txt
