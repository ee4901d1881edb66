"""How a new way out earns its reputation: plans, and what each day allowed, brought and taught."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class WarmupPlan(models.Model):
    """The warm-up of one way out. Each of its mailbox providers climbs the same curve at a pace of its own."""

    class State(models.TextChoices):
        RUNNING = "running"
        PAUSED = "paused"
        ENDED = "ended"

    class Overflow(models.TextChoices):
        TOMORROW = "tomorrow", "It waits for tomorrow"
        WARM_SOURCE = "warm_source", "It leaves through a warm provider"

    provider = models.ForeignKey("deliverability.Provider", on_delete=models.CASCADE, related_name="warmups")
    curve = models.CharField(max_length=20, help_text="The shipped curve that the steps came from, or custom.")
    # A copy: a curve that is shipped anew changes no plan under way.
    steps = ArrayField(models.PositiveIntegerField(), help_text="Messages a day to each mailbox provider, by step.")
    hours = models.PositiveSmallIntegerField(help_text="A day's mail is spread over at least so many hours.")
    mailbox_providers = ArrayField(models.CharField(max_length=32), default=list, help_text="Empty: all of them.")
    audience = models.JSONField(
        default=dict, help_text="People by mailbox provider of the list it was planned for; week one reaches a tenth."
    )
    is_engaged_first = models.BooleanField(default=True, help_text="Week one: only who opened or clicked lately.")
    overflow = models.CharField(max_length=12, choices=Overflow, default=Overflow.TOMORROW)
    warm_source = models.ForeignKey(
        "deliverability.Provider", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    started_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    reason = models.TextField(blank=True, help_text="Why it is not running, in words.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider"], condition=~Q(state="ended"), name="one_warmup_a_provider")
        ]

    def __str__(self) -> str:
        return f"warm-up of {self.provider_id} since {self.started_on}"


class WarmupDay(models.Model):
    """One mailbox provider's day (UTC) of a plan. The newest row says where it stands and what it may get."""

    class Phase(models.TextChoices):
        WARMING = "warming"
        PAUSED = "paused"
        WARM = "warm"

    plan = models.ForeignKey("deliverability.WarmupPlan", on_delete=models.CASCADE, related_name="days")
    mailbox_provider = models.CharField(max_length=32)
    day = models.DateField()
    phase = models.CharField(max_length=10, choices=Phase, default=Phase.WARMING)
    step = models.PositiveSmallIntegerField(default=0, help_text="Index into the plan's steps.")
    strikes = models.PositiveSmallIntegerField(default=0, help_text="Unhealthy days in a row up to now.")
    pauses = models.PositiveSmallIntegerField(default=0, help_text="How often it was paused by its own rule.")
    climbs_since = models.DateField(help_text="Its first day, or that of its last rewarming.")
    clean_since = models.DateField(help_text="Results from here on count as evidence; earlier ones were acted upon.")
    resumes_on = models.DateField(null=True, help_text="The end of a pause by its own rule.")
    cap = models.PositiveIntegerField(null=True, help_text="Messages this day; empty: no limit any more.")
    hourly_cap = models.PositiveIntegerField(null=True)
    is_engaged_only = models.BooleanField(default=False)
    sent = models.PositiveIntegerField(default=0, help_text="Attempts that reached the wire, whatever the answer.")
    accepted = models.PositiveIntegerField(default=0)
    deferred = models.PositiveIntegerField(default=0)
    bounced = models.PositiveIntegerField(default=0)
    complained = models.PositiveIntegerField(default=0)
    verdict = models.CharField(max_length=10, blank=True, help_text="Empty until the day is over.")
    why = models.TextField(blank=True, help_text="The verdict and what follows, in words.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "mailbox_provider", "day"], name="one_warmup_day"),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox_provider} on {self.day}"
