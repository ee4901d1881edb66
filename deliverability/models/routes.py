"""The ways out that a stream may take, in order, and what has become of each provider."""

from django.core.validators import MinValueValidator
from django.db import models


class RouteStep(models.Model):
    """One way out of a stream. A stream without steps goes through its own provider alone."""

    stream = models.ForeignKey("deliverability.Stream", on_delete=models.CASCADE, related_name="route")
    provider = models.ForeignKey("deliverability.Provider", on_delete=models.PROTECT, related_name="route_steps")
    tier = models.PositiveSmallIntegerField(default=1, help_text="1 goes first; the next where nobody in it works.")
    weight = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1)], help_text="Its part of the mail among those of its tier."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "provider"], name="route_step_once")]
        ordering = ["tier", "-weight", "id"]

    def __str__(self) -> str:
        return f"{self.stream_id} → {self.provider_id}"


class ProviderChange(models.Model):
    """A provider was left or taken back: when, which, and why in words. What holds now is in Redis."""

    provider = models.ForeignKey("deliverability.Provider", on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    standing = models.CharField(max_length=10, help_text="Of rules/health.py.")
    why = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["provider", "-at"], name="provider_change_latest")]

    def __str__(self) -> str:
        return f"{self.provider_id}: {self.standing}"
