"""Mailbox providers and the pace at which ways out may go to them: what is known, what is set, and what has changed."""

from django.db import models


class MailDomain(models.Model):
    """What DNS said of a domain, until `expires_at`; a new row is due at once. Freemail domains need none."""

    domain = models.CharField(max_length=255, primary_key=True)
    mailbox_provider = models.CharField(max_length=32, default="other")
    mx_host = models.CharField(max_length=255, blank=True)
    expires_at = models.DateTimeField(db_index=True)
    failures = models.SmallIntegerField(default=0, help_text="How often in a row DNS gave no answer.")
    # The provider has changed, and whoever holds addresses of the domain has not followed yet.
    is_news = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["domain"], condition=models.Q(is_news=True), name="mail_domain_news")]

    def __str__(self) -> str:
        return self.domain


class MxSuffix(models.Model):
    """An ending of MX hosts that the team adds to the shipped ones; it is asked first."""

    suffix = models.CharField(max_length=255, unique=True, help_text="Whole labels, such as mx.example.net.")
    mailbox_provider = models.CharField(max_length=32)
    source = models.CharField(max_length=255, help_text="Where this can be checked.")

    def __str__(self) -> str:
        return f"{self.suffix} → {self.mailbox_provider}"


class WayLimit(models.Model):
    """How fast one way out may go to one mailbox provider, over all streams that use it; replaces what is shipped."""

    provider = models.ForeignKey("deliverability.Provider", on_delete=models.CASCADE, related_name="limits")
    mailbox_provider = models.CharField(max_length=32, default="*", help_text="* stands for those without a row.")
    max_connections = models.PositiveIntegerField(default=10, help_text="Over all workers and streams together.")
    messages_per_connection = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: no limit.")
    messages_per_second = models.FloatField(null=True, blank=True, help_text="Empty: no limit.")
    messages_per_hour = models.PositiveIntegerField(null=True, blank=True, help_text="Clock hours. Empty: no limit.")
    messages_per_day = models.PositiveIntegerField(null=True, blank=True, help_text="UTC days. Empty: no limit.")
    source = models.CharField(max_length=255, blank=True, help_text="Who asks for it, or where it is written.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "mailbox_provider"], name="way_limit_once")]

    def __str__(self) -> str:
        return f"{self.provider_id} → {self.mailbox_provider}"


class LaneChange(models.Model):
    """The pace to a mailbox provider changed: when, what we do, why, and until when. Redis is rebuilt from the last."""

    class Kind(models.TextChoices):
        SUSPENDED = "suspended"
        LIMITED = "limited"
        SLOWER = "slower"
        FEWER = "fewer", "Fewer connections"
        RECOVERED = "recovered"
        RESUMED = "resumed", "Resumed by a person"

    provider = models.ForeignKey("deliverability.Provider", on_delete=models.CASCADE, related_name="lane_changes")
    mailbox_provider = models.CharField(max_length=32)
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind)
    # The rule that fired; empty where the adaptive pace did it by itself.
    rule = models.CharField(max_length=60, blank=True)
    reply = models.TextField(blank=True)
    messages_per_second = models.FloatField(null=True)
    connections = models.PositiveIntegerField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["provider", "mailbox_provider", "-at"], name="lane_change_latest")]

    def __str__(self) -> str:
        return f"{self.provider_id} → {self.mailbox_provider}: {self.kind}"
