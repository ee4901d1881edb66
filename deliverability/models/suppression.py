"""Who must not be written to. Kept by keyed hash, so that it survives the erasure of the address."""

from django.db import models

from deliverability.types import Scope, SuppressionReason


class Suppression(models.Model):
    address_key = models.BinaryField(max_length=16, help_text="Keyed hash of the normalised address.")
    address = models.CharField(max_length=320, blank=True, help_text="Empty after erasure.")
    scope = models.CharField(max_length=20, choices=[(scope.value, scope.value) for scope in Scope])
    reason = models.CharField(max_length=20, choices=[(reason.value, reason.value) for reason in SuppressionReason])
    evidence = models.TextField(blank=True, help_text="The server's reply, the report, or who asked.")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address_key", "scope"], name="suppression_once")]

    def __str__(self) -> str:
        return f"{self.address or 'erased address'}: {self.scope}"
