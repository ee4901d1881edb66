"""What is to be sent: mailings and their batches of recipient ids. The row is the job."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Mailing(models.Model):
    """One source of addressed work: a campaign, or a kind of transactional mail. `composer` names who writes it."""

    class State(models.TextChoices):
        RUNNING = "running"
        PAUSED = "paused"
        CANCELLED = "cancelled"

    stream = models.ForeignKey("deliverability.Stream", on_delete=models.PROTECT, related_name="mailings")
    composer = models.CharField(max_length=40)
    reference = models.CharField(max_length=100, help_text="The composer's own key, such as a campaign id.")
    title = models.CharField(
        max_length=200, blank=True, db_default="", help_text="What people call it, such as a campaign's name."
    )
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    links = ArrayField(models.TextField(), default=list, help_text="Targets of tracked links; the index is the number.")
    paused_because = models.TextField(blank=True, db_default="", help_text="Why, where no person paused it.")
    resumed_at = models.DateTimeField(null=True, help_text="Guardrails judge what came after this.")
    canary_percent = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="0: everybody at once.")
    canary_minutes = models.PositiveIntegerField(default=30, db_default=30)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["composer", "reference"], name="mailing_once")]

    def __str__(self) -> str:
        return f"{self.composer} {self.reference}"


class DeliveryBatch(models.Model):
    """Up to 500 recipients that share stream, mailbox provider and priority; leased, fenced by epoch, closed once."""

    class State(models.IntegerChoices):
        # Below OPEN, so that nothing that looks for work finds what waits for its canary.
        HELD = -1
        OPEN = 0
        LEASED = 1
        CLOSED = 2

    SIZE: ClassVar[int] = 500

    mailing = models.ForeignKey("deliverability.Mailing", on_delete=models.CASCADE, related_name="batches")
    stream = models.ForeignKey("deliverability.Stream", on_delete=models.PROTECT, related_name="+")
    mailbox_provider = models.CharField(max_length=32)
    priority = models.SmallIntegerField(default=0, help_text="Lower goes first; most engaged are 0.")
    recipient_ids = ArrayField(models.BigIntegerField())
    attempt = models.SmallIntegerField(default=1)
    failures = models.SmallIntegerField(default=0, help_text="How often in a row its composer raised an error.")
    first_due_at = models.DateTimeField(help_text="When the first attempt was due: final failure counts from here.")
    due_at = models.DateTimeField()
    state = models.SmallIntegerField(choices=State, default=State.OPEN)
    lease_owner = models.CharField(max_length=100, blank=True)
    lease_expires_at = models.DateTimeField(null=True)
    epoch = models.IntegerField(default=0)
    # The way out that its last lease chose, and until when nobody else may have its people: some may have the mail.
    provider = models.ForeignKey(
        "deliverability.Provider", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    unknown_until = models.DateTimeField(null=True)
    # Where its people's clocks stand, and when mail may leave by those clocks; empty: at any hour.
    zone = models.CharField(max_length=64, blank=True, default="", db_default="")
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["stream", "mailbox_provider", "priority", "due_at", "id"],
                condition=Q(state__lt=2),
                name="batch_to_send",
            ),
            models.Index(fields=["lease_expires_at"], condition=Q(state=1), name="batch_leased"),
            models.Index(fields=["mailing", "state"], name="batch_of_mailing"),
            models.Index(
                fields=["stream", "mailbox_provider"],
                condition=Q(state=0, unknown_until__isnull=False),
                name="batch_of_unknown_fate",
            ),
        ]

    def __str__(self) -> str:
        return f"batch {self.pk}, {len(self.recipient_ids)} recipients"


class MailingCount(models.Model):
    """Events of a mailing by kind and mailbox provider, rolled up in the transaction that appends the events."""

    mailing = models.ForeignKey("deliverability.Mailing", on_delete=models.CASCADE, related_name="counts")
    mailbox_provider = models.CharField(max_length=32)
    kind = models.SmallIntegerField()
    total = models.BigIntegerField(default=0)
    people = models.BigIntegerField(
        db_default=0, help_text="Who opened, clicked, left or complained, each person once; machines left out."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailing", "mailbox_provider", "kind"], name="mailing_count_once")
        ]


class LinkCount(models.Model):
    """Clicks on one link of a mailing, rolled up likewise; `machine_clicks` are those of scanners and proxies."""

    mailing = models.ForeignKey("deliverability.Mailing", on_delete=models.CASCADE, related_name="+", db_index=False)
    link = models.SmallIntegerField()
    people = models.BigIntegerField(default=0)
    clicks = models.BigIntegerField(default=0)
    machine_clicks = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailing", "link"], name="link_count_once")]


class MinuteCount(models.Model):
    """Opens and clicks of people's own programs in one minute of a mailing, rolled up likewise, for charts."""

    mailing = models.ForeignKey("deliverability.Mailing", on_delete=models.CASCADE, related_name="+", db_index=False)
    minute = models.DateTimeField()
    opens = models.IntegerField(default=0)
    clicks = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailing", "minute"], name="minute_count_once")]
