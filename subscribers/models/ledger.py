"""What makes the consent ledger tamper-evident: seals over what each statement appended, and signed checkpoints."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class ConsentSeal(models.Model):
    """A link of one of the ledger's chains, written by a trigger with the entries that it seals. Append-only.

    `digests` holds 16 bytes for each of `record_ids`, in their order. `digest` covers both, the link before in the
    same lane, and `witness`: the newest link of all lanes that was there, so that no lane can lose its end unseen.
    """

    lane = models.SmallIntegerField()
    number = models.BigIntegerField()
    # Which columns of an entry the digests cover.
    version = models.SmallIntegerField()
    record_ids = ArrayField(models.BigIntegerField())
    digests = models.BinaryField()
    witness_id = models.BigIntegerField(null=True)
    witness = models.BinaryField(null=True)
    digest = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lane", "number"], name="consent_seal_once")]


class ConsentCheckpoint(models.Model):
    """Where all chains stood at a time, signed with a key that is not in the database. Append-only."""

    taken_at = models.DateTimeField()
    seals = models.BigIntegerField()
    heads = models.JSONField(help_text="Lane → [number, digest] of its last link.")
    signature = models.BinaryField()


class ConsentErasure(models.Model):
    """An entry that was deleted because its person had the right to it. Its digest stays in its seal. Append-only."""

    record_id = models.BigIntegerField(unique=True)
    actor = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    erased_at = models.DateTimeField(auto_now_add=True)
