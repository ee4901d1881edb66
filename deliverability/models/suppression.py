"""Who must not be written to. Kept by keyed hash, so that it survives the erasure of the address."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from deliverability.types import Scope, SuppressionReason


class Suppression(models.Model):
    """One reason why an address is held in one scope; it is held while any such row is live. Never deleted: lifted."""

    address_key = models.BinaryField(max_length=16, help_text="Keyed hash of the normalised address.")
    address = models.CharField(max_length=320, blank=True, help_text="Empty after erasure.")
    scope = models.CharField(max_length=20, choices=[(scope.value, scope.value) for scope in Scope])
    # Never NULL, which a unique index would not compare.
    target = models.BigIntegerField(
        default=0, db_default=0, help_text="Id of the stream or topic that the scope speaks of; 0 in other scopes."
    )
    reason = models.CharField(max_length=20, choices=[(reason.value, reason.value) for reason in SuppressionReason])
    evidence = models.TextField(blank=True, help_text="The server's reply, the report, or what somebody asked for.")
    added_by = models.CharField(max_length=200, blank=True, db_default="", help_text="Empty: Sendwell itself.")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=200, blank=True, db_default="")
    lifted_why = models.TextField(blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address_key", "scope", "target", "reason"],
                condition=Q(lifted_at__isnull=True),
                name="suppression_once_a_reason",
            )
        ]
        indexes = [
            # Lifted ones too: what was ever held against one address.
            models.Index(fields=["address_key"], name="suppression_by_address"),
            models.Index(
                fields=["id"],
                condition=Q(lifted_at__isnull=False) | Q(expires_at__isnull=False),
                name="suppression_may_be_over",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address or 'erased address'}: {self.scope}"

    @property
    def is_over(self) -> bool:
        return self.lifted_at is not None or (self.expires_at is not None and self.expires_at <= timezone.now())


class SuppressionPolicy(models.Model):
    """Which addresses are held for marketing before anything happened. At most one row; without it, as shipped."""

    role_accounts = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    trap_domains = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="suppression_policy_is_one")]

    def __str__(self) -> str:
        return f"{len(self.role_accounts)} role accounts, {len(self.trap_domains)} domains"
