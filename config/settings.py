"""All configuration, read from the environment; `.env.example` documents every variable."""

import hashlib
import os
from pathlib import Path
from urllib.parse import urlsplit

from celery.schedules import crontab
from environs import Env

from config.logs import logging_settings

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent
if (BASE_DIR / ".env").exists():
    env.read_env(str(BASE_DIR / ".env"))

DATA_DIR = Path(env.str("SENDWELL_DATA", ".data")).resolve()
DEBUG = env.bool("SENDWELL_DEBUG", False)


def _secret_key() -> str:
    """The given key, or one kept in the data folder so that a trial needs no set-up and its tokens stay valid."""
    if given := env.str("SENDWELL_SECRET_KEY", ""):
        return given
    kept = DATA_DIR / "secret_key"
    if not kept.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        fresh = DATA_DIR / f"secret_key.{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_text(hashlib.sha256(os.urandom(64)).hexdigest())
        try:
            # link, unlike rename, fails when another process was first: both then read the same key.
            os.link(fresh, kept)
        except FileExistsError:
            pass
        fresh.unlink()
    return kept.read_text().strip()


SECRET_KEY = _secret_key()
# An empty value counts as none everywhere below: an empty key would sign what anybody can forge.
# Oldest last: the first encrypts, all decrypt (rotation).
CREDENTIAL_KEYS = list(filter(None, env.list("SENDWELL_CREDENTIAL_KEYS", []))) or [SECRET_KEY]
# Signs tracking and unsubscribe links, which must work for years: kept apart so that SECRET_KEY can rotate.
LINK_KEY = env.str("SENDWELL_LINK_KEY", "") or SECRET_KEY
# Keys the hash by which a suppression outlives an erasure: changing it forgets every erased opt-out.
ADDRESS_KEY = env.str("SENDWELL_ADDRESS_KEY", "") or SECRET_KEY

# Where subscribers reach the public pages, and where tracking links point.
BASE_URL = env.str("SENDWELL_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
TRACKING_URL = env.str("SENDWELL_TRACKING_URL", BASE_URL).rstrip("/")
ALLOWED_HOSTS = env.list(
    "SENDWELL_ALLOWED_HOSTS", [urlsplit(BASE_URL).hostname, urlsplit(TRACKING_URL).hostname, "localhost"]
)
CSRF_TRUSTED_ORIGINS = [BASE_URL]
_TLS = BASE_URL.startswith("https://")

INSTALLED_APPS = [
    "config",
    "campaigns",
    "subscribers",
    "templates_app",
    "deliverability",
    "accounts",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.web.middleware.WhereFrom",
    "config.web.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.web.middleware.MessagesAsToasts",
    "config.web.middleware.Refusals",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.web.context.shell",
            ]
        },
    }
]
FORM_RENDERER = "config.web.forms.FormRenderer"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

# A view may widen this for itself (csp.decorators): the preview of a mail, or an editor that needs a nonce for styles.
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/t/", "/health"],
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "frame-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    },
}

# manage.py has set both variables by now, unless the command needs no services.
DATABASES = {"default": env.dj_db_url("DATABASE_URL", "postgresql://127.0.0.1/sendwell", conn_max_age=60)}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.services.authentication.RoleBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "UserAttributeSimilarityValidator")
]
# Signing in: e-mail and password, then the second factor of those who have one. Only the team lets people in.
ACCOUNT_ADAPTER = "accounts.views.adapter.ClosedDoor"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# An owner who adds a member vouches for the address.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Whoever changes a password or a second factor is told by mail, in case it was somebody else.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_FORMS = {"login": "accounts.views.sign_in.SignInForm"}
EMAIL_BACKEND = "config.web.mail.TransactionalStream"
MFA_ADAPTER = "accounts.views.adapter.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Sendwell"
# Browsers offer security keys on http://localhost too, where trials run.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _TLS
# Rate limits count by the address of the person, not of our proxy.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.bool("SENDWELL_BEHIND_PROXY", False) else 0
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español"), ("it", "Italiano")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("SENDWELL_STATIC_ROOT", str(DATA_DIR / "static")))
WHITENOISE_USE_FINDERS = not STATIC_ROOT.exists()
MEDIA_ROOT = DATA_DIR / "media"

# The web faces the internet in production; a trial on this machine has no certificate to offer.
SECURE_SSL_REDIRECT = _TLS
# RFC 8058: the one-click POST must never meet a redirect, and the tracking paths are as public.
SECURE_REDIRECT_EXEMPT = [r"^u/", r"^t/", r"^hooks/", r"^health$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("SENDWELL_BEHIND_PROXY", False) else None
SECURE_HSTS_SECONDS = 31_536_000 if _TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _TLS
SECURE_HSTS_PRELOAD = _TLS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _TLS

# Celery starts drain loops and periodic jobs, never a task per message: the row in Postgres is the job.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A task's row is the truth, so a lost task costs nothing; a redelivered long one would only waste a slot.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_TASK_DEFAULT_QUEUE = "periodic"
CELERY_TASK_ROUTES = {
    "deliverability.drain_marketing": {"queue": "bulk"},
    "deliverability.drain_transactional": {"queue": "transactional"},
    "deliverability.consume_events": {"queue": "events"},
    "deliverability.collect_mail": {"queue": "events"},
    "deliverability.process_webhooks": {"queue": "events"},
    "subscribers.*": {"queue": "events"},
}
# Every job here is safe to run twice, to lose, and to run late.
CELERY_BEAT_SCHEDULE = {
    "keep draining": {"task": "deliverability.keep_draining", "schedule": 3.0},
    "keep processing webhooks": {"task": "deliverability.keep_processing_webhooks", "schedule": 3.0},
    "keep consuming": {"task": "deliverability.keep_consuming", "schedule": 3.0},
    "collect mail": {"task": "deliverability.collect_mail", "schedule": 60.0},
    "make partitions": {"task": "deliverability.ensure_partitions", "schedule": 86_400.0},
    "sweep journals": {"task": "deliverability.sweep_journals", "schedule": 3_600.0},
    "guard what is sent": {"task": "deliverability.guard", "schedule": 15.0},
    "knock at providers": {"task": "deliverability.knock", "schedule": 3.0},
    "settle unknown fates": {"task": "deliverability.settle_unknown_fates", "schedule": 15.0},
    "deliver alerts": {"task": "deliverability.deliver_alerts", "schedule": 10.0},
    "advance warm-ups": {"task": "deliverability.advance_warmups", "schedule": 300.0},
    "start due campaigns": {"task": "campaigns.start_due", "schedule": 2.0},
    "finish sent campaigns": {"task": "campaigns.finish_sent", "schedule": 3.0},
    "look up domains": {"task": "deliverability.look_up_domains", "schedule": 20.0},
    "place contacts": {"task": "subscribers.place_contacts", "schedule": 60.0},
    "apply retention": {"task": "subscribers.apply_retention", "schedule": crontab(hour=3, minute=20)},
    "watch privacy requests": {"task": "subscribers.watch_requests", "schedule": 3_600.0},
    "keep importing": {"task": "subscribers.keep_importing", "schedule": 60.0},
    "hold by policy": {"task": "subscribers.hold_by_policy", "schedule": 21_600.0},
    "sign the consent ledger": {"task": "subscribers.seal_ledger", "schedule": 3_600.0},
    "refresh engagement": {"task": "subscribers.refresh_engagement", "schedule": 60.0},
    # At night by the server's clock, so that a day's work is in it and nobody waits beside it.
    "warn of consent that ends": {"task": "subscribers.warn_of_expiry", "schedule": 21_600.0},
    "settle what was asked again": {"task": "campaigns.settle_reconfirmations", "schedule": 3_600.0},
    "measure segments": {"task": "subscribers.measure_segments", "schedule": crontab(hour="3", minute="10")},
    "forget segment sizes": {"task": "subscribers.forget_segment_sizes", "schedule": 86_400.0},
    "judge silence": {"task": "subscribers.judge_silence", "schedule": 86_400.0},
    "follow silence": {"task": "subscribers.follow_silence", "schedule": 600.0},
    "remind the unconfirmed": {"task": "subscribers.remind_unconfirmed", "schedule": 300.0},
    "forget the unconfirmed": {"task": "subscribers.forget_unconfirmed", "schedule": 3_600.0},
    "count list days": {"task": "subscribers.count_list_days", "schedule": 3_600.0},
    "look for duplicates": {"task": "subscribers.look_for_duplicates", "schedule": crontab(hour="2", minute="20")},
    "score contacts": {"task": "subscribers.score_contacts", "schedule": crontab(hour="2", minute="40")},
    "keep quiet hours": {"task": "subscribers.keep_quiet_hours", "schedule": 20.0},
}
# Beat writes when it last ran what; lost, it runs everything once more, which does no harm.
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_DB_REUSE_MAX = 1000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

LOGGING = logging_settings(
    env.str("SENDWELL_LOG_LEVEL", "INFO"), env.str("SENDWELL_LOG_FORMAT", "json" if _TLS else "plain")
)

SENDWELL = {
    # "file" where workers share a volume, "redis" where they do not (reference: design §2, crash rule).
    "JOURNAL": env.str("SENDWELL_JOURNAL", "file"),
    "JOURNAL_DIR": Path(env.str("SENDWELL_JOURNAL_DIR", str(DATA_DIR / "journal"))),
    # Drain tasks of marketing mail that run at once over all machines; one keeps a core busy.
    "BULK_DRAINS": env.int("SENDWELL_BULK_DRAINS", 2),
    # A proxy of ours sets X-Forwarded-For and X-Forwarded-Proto; without one, anybody could.
    "BEHIND_PROXY": env.bool("SENDWELL_BEHIND_PROXY", False),
    # For so many days an import can be undone, and rows that it held for review are kept.
    "IMPORT_UNDO_DAYS": env.int("SENDWELL_IMPORT_UNDO_DAYS", 30),
    "HELD_ROW_DAYS": env.int("SENDWELL_HELD_ROW_DAYS", 90),
    # A provider that has messages and says nothing for so many seconds is left, where its stream has another one.
    "SILENCE_SECONDS": env.float("SENDWELL_SILENCE_SECONDS", 20.0),
    # Multiplies every retry delay; the demo shortens them to seconds.
    "RETRY_SCALE": env.float("SENDWELL_RETRY_SCALE", 1.0),
}
