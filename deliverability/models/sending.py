"""Through what mail leaves: providers, streams, and the lane of each stream to each mailbox provider."""

from django.db import models
from django.db.models import Value

from deliverability.rules.provider_kinds import esp_kind, kind_title
from deliverability.types import StreamKind


class Provider(models.Model):
    """A way out: an SMTP relay or an ESP. Which kinds exist is the adapter registry's to say."""

    class Security(models.TextChoices):
        NONE = "none", "No encryption"
        STARTTLS = "starttls", "STARTTLS"
        TLS = "tls", "TLS from the first byte"

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=30, default="smtp")
    host = models.CharField(max_length=255, blank=True)
    port = models.PositiveIntegerField(default=587)
    security = models.CharField(max_length=10, choices=Security, default=Security.STARTTLS)
    username = models.CharField(max_length=255, blank=True)
    password_encrypted = models.TextField(blank=True, editable=False)
    ca_certificate = models.TextField(
        blank=True, db_default="", help_text="PEM, where a relay's certificate comes from an authority of your own."
    )
    # What the kind asks for besides (rules/provider_kinds.py): plain values, and one encrypted JSON of secrets.
    options = models.JSONField(default=dict, db_default=Value({}, models.JSONField()), blank=True)
    secrets_encrypted = models.TextField(blank=True, db_default="", editable=False)
    # Part of the address of its webhooks, so that nobody can guess where to send false ones.
    hook_token = models.CharField(max_length=32, unique=True, null=True, editable=False)  # noqa: DJ001  NULLs may repeat
    max_connections = models.PositiveIntegerField(default=20, help_text="Per worker process.")
    max_messages_per_connection = models.PositiveIntegerField(default=1000)
    # A relay or an ESP queues and paces by itself. A way out that answers with the mailbox provider's own words is
    # paced by our lanes, which then keep connections of their own for each mailbox provider.
    paces_itself = models.BooleanField(
        default=True, help_text="It has a queue of its own, as relays and ESPs do. Off: it hands each mail straight on."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def hands_on(self) -> bool:
        return not self.paces_itself

    @property
    def title(self) -> str:
        """What it is, in the words of its maker."""
        return kind_title(self.kind)

    @property
    def is_esp(self) -> bool:
        return esp_kind(self.kind) is not None


class Stream(models.Model):
    """A pipeline of its own: kind, provider, Return-Path domain and tracking host."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value.title()) for kind in StreamKind])
    provider = models.ForeignKey("deliverability.Provider", on_delete=models.PROTECT, related_name="streams")
    from_email = models.EmailField(help_text="Used where a mail names no sender of its own.")
    bounce_domain = models.CharField(
        max_length=255, help_text="Domain of the Return-Path, such as bounces.example.org."
    )
    tracking_url = models.URLField(blank=True, help_text="Empty: SENDWELL_TRACKING_URL.")
    # Why sending stands still, in words for the person who must act; empty while it may run.
    held_reason = models.TextField(blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    guarded_since = models.DateTimeField(null=True, editable=False, help_text="Guardrails judge what came after this.")

    def __str__(self) -> str:
        return self.name


class Lane(models.Model):
    """How fast one stream may go to one mailbox provider; `*` is the default for those without a row."""

    stream = models.ForeignKey("deliverability.Stream", on_delete=models.CASCADE, related_name="lanes")
    mailbox_provider = models.CharField(max_length=32, default="*")
    messages_per_second = models.FloatField(null=True, blank=True, help_text="Empty: no limit.")
    burst = models.PositiveIntegerField(default=100)
    max_connections = models.PositiveIntegerField(default=20, help_text="Over all workers together.")
    messages_per_connection = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: no limit.")
    messages_per_hour = models.PositiveIntegerField(null=True, blank=True, help_text="Clock hours. Empty: no limit.")
    messages_per_day = models.PositiveIntegerField(null=True, blank=True, help_text="UTC days. Empty: no limit.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "mailbox_provider"], name="lane_once")]

    def __str__(self) -> str:
        return f"{self.stream_id} → {self.mailbox_provider}"
