"""What guards a sending: counts over time, the team's thresholds, canaries, and alerts with their ways to people."""

from django.db import models
from django.db.models import Q


class FlowCount(models.Model):
    """Events of a mailing within five minutes, rolled up in the transaction that appends them; what windows read."""

    mailing = models.ForeignKey("deliverability.Mailing", on_delete=models.CASCADE, related_name="+", db_index=False)
    mailbox_provider = models.CharField(max_length=32)
    slot = models.DateTimeField(help_text="When its five minutes begin.")
    kind = models.SmallIntegerField()
    # Never NULL, which a unique index would not compare.
    provider_id = models.BigIntegerField(
        default=0, db_default=0, help_text="The way out; 0 where nobody said which, as in reports that come back."
    )
    total = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "mailing", "mailbox_provider", "kind", "provider_id"], name="flow_count_once"
            )
        ]
        indexes = [models.Index(fields=["mailing", "slot"], name="flow_of_mailing")]


class GuardrailSetting(models.Model):
    """The team's own thresholds for one metric; without a row the shipped ones hold."""

    metric = models.CharField(max_length=20, unique=True)
    warn = models.FloatField(help_text="A share, such as 0.001 for 0.1 %.")
    critical = models.FloatField()
    may_stop = models.BooleanField(default=True, help_text="Whether it may pause what it judges, or only say so.")


class CanaryLane(models.Model):
    """The first few of one mailing at one mailbox provider: sent, watched, then followed by the rest or not."""

    class State(models.TextChoices):
        SENDING = "sending"
        WATCHING = "watching"
        RELEASED = "released"
        STOPPED = "stopped"

    mailing = models.ForeignKey("deliverability.Mailing", on_delete=models.CASCADE, related_name="canaries")
    mailbox_provider = models.CharField(max_length=32)
    size = models.PositiveIntegerField(help_text="People in the canary; 0: too few here to judge, so it follows.")
    rest = models.PositiveIntegerField(help_text="People who wait for its verdict.")
    state = models.CharField(max_length=10, choices=State, default=State.SENDING)
    watched_until = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailing", "mailbox_provider"], name="canary_lane_once")]
        indexes = [models.Index(fields=["mailing"], condition=Q(decided_at=None), name="canary_undecided")]

    def __str__(self) -> str:
        return f"{self.mailing_id} at {self.mailbox_provider}"


class Alert(models.Model):
    """Something that needs a person; one row for as long as it lasts, however often it is seen."""

    class Severity(models.TextChoices):
        WARNING = "warning"
        CRITICAL = "critical"

    key = models.CharField(max_length=120, help_text="What is wrong with what; one open alert each.")
    severity = models.CharField(max_length=10, choices=Severity)
    title = models.CharField(max_length=200)
    text = models.TextField()
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="When it was last found to be so.")
    times_seen = models.PositiveIntegerField(default=1)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=200, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(resolved_at=None), name="one_open_alert_a_key")
        ]
        indexes = [models.Index(fields=["-opened_at", "-id"], name="alert_newest")]

    def __str__(self) -> str:
        return self.title


class AlertChannel(models.Model):
    """A way in which alerts reach people outside of the web admin."""

    class Kind(models.TextChoices):
        EMAIL = "email", "E-mail"
        WEBHOOK = "webhook", "Webhook"
        CHAT = "chat", "Chat (Slack, Mattermost, Teams by its Slack form)"

    kind = models.CharField(max_length=10, choices=Kind)
    target = models.CharField(max_length=500, help_text="An e-mail address, or the URL that is called.")
    provider = models.ForeignKey(
        "deliverability.Provider",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="E-mail leaves through this one, best another than campaigns use.",
    )
    secret_encrypted = models.TextField(blank=True, editable=False, help_text="Signs webhooks.")
    least = models.CharField(max_length=10, choices=Alert.Severity, default=Alert.Severity.WARNING)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "target"], name="alert_channel_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.shown}"

    @property
    def shown(self) -> str:
        """The target for pages and logs: whoever knows the whole URL of a chat may write to it."""
        if self.kind == self.Kind.EMAIL:
            return self.target
        host = self.target.partition("://")[2].partition("/")[0].rpartition("@")[2]
        return f"{host}/…{self.target[-4:]}"


class AlertDelivery(models.Model):
    """One message about an alert through one channel. The row is the job."""

    class About(models.TextChoices):
        OPENED = "opened"
        WORSE = "worse"
        RESOLVED = "resolved"

    alert = models.ForeignKey("deliverability.Alert", on_delete=models.CASCADE, related_name="deliveries")
    channel = models.ForeignKey("deliverability.AlertChannel", on_delete=models.CASCADE, related_name="deliveries")
    about = models.CharField(max_length=10, choices=About)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True, help_text="What the last attempt met.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "channel", "about"], name="alert_told_once")]
        indexes = [models.Index(fields=["due_at"], condition=Q(delivered_at=None), name="alert_to_tell")]
