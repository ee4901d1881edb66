"""One run of an import: what file, with what statement of consent, what became of its rows, and how it is undone."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class ImportRun(models.Model):
    class State(models.TextChoices):
        # In the browser: uploaded and being mapped, then waiting for a worker.
        DRAFT = "draft"
        QUEUED = "queued"
        RUNNING = "running"
        FINISHED = "finished"
        FAILED = "failed"
        # By a person: it may go on where it stopped, or never will; what was written stays until it is undone.
        PAUSED = "paused"
        CANCELLED = "cancelled"
        UNDOING = "undoing"
        UNDONE = "undone"

    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64, blank=True)
    mailing_list = models.ForeignKey(
        "subscribers.MailingList", on_delete=models.PROTECT, related_name="imports", null=True
    )
    consent_source = models.CharField(max_length=500, blank=True)
    basis = models.CharField(max_length=24, blank=True)
    # Pairs of column and field in the order of the file: PostgreSQL forgets the order of an object.
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    rows = models.BigIntegerField(default=0)
    created = models.BigIntegerField(default=0)
    updated = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0, help_text="Known before, with nothing new in the file.")
    duplicates = models.BigIntegerField(default=0, help_text="Rows whose address came again further down.")
    subscribed = models.BigIntegerField(default=0)
    subscribed_before = models.BigIntegerField(default=0)
    opted_out = models.BigIntegerField(default=0, help_text="The row's own columns say that the person left.")
    kept_out = models.BigIntegerField(default=0, help_text="Unsubscribed, suppressed or never asked: left alone.")
    rejected = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0, help_text="Rows that wait for review, or were rejected in it.")
    engaged = models.BigIntegerField(
        default=0, help_text="May be written to, and opened or clicked within 90 days, as the file tells."
    )
    # Addresses are written in order; one that was killed goes on behind the last one that is committed.
    position = models.CharField(max_length=320, blank=True)
    rejects_path = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    # Only of imports from the browser. The upload goes once the import is through: it holds people's data.
    upload = models.CharField(max_length=200, blank=True, help_text="The file's place below the media folder.")
    survey = models.JSONField(default=dict, blank=True, help_text="What the file turned out to be.")
    asked = models.JSONField(default=dict, blank=True, help_text="What the person chose, saved as they choose.")
    asked_by = models.CharField(max_length=200, blank=True)
    undone_by = models.CharField(max_length=200, blank=True)
    undone_at = models.DateTimeField(null=True)
    undone = models.JSONField(default=dict, blank=True, help_text="What undoing came to, in numbers.")


class ImportChunk(models.Model):
    """What one transaction of an import did, so that it can be undone; gone once it is, or once that time is over.

    `created` and `met` are contacts, new and known; `granted` are its entries in the ledger.
    """

    run = models.ForeignKey("subscribers.ImportRun", on_delete=models.CASCADE, related_name="chunks")
    created = ArrayField(models.BigIntegerField(), default=list)
    met = ArrayField(models.BigIntegerField(), default=list)
    granted = ArrayField(models.BigIntegerField(), default=list)
    # Contact → {"fields": {name: [before, after]}, "attributes": {key: [before, after]}}, of what was overwritten.
    changed = models.JSONField(default=dict)
    # Contact → [state, consent, end of consent]: the subscription that a grant took the place of.
    standings = models.JSONField(default=dict)


class HeldRow(models.Model):
    """A row that was not imported, for somebody to look at: it stands as it was read, with what is odd about it."""

    class State(models.TextChoices):
        OPEN = "open"
        IMPORTED = "imported"
        REJECTED = "rejected"

    run = models.ForeignKey("subscribers.ImportRun", on_delete=models.CASCADE, related_name="held_rows", db_index=False)
    row = models.BigIntegerField()
    reason = models.CharField(max_length=12)
    column = models.CharField(max_length=500)
    value = models.CharField(max_length=500, help_text="The address as it was typed.")
    email = models.CharField(max_length=320)
    address_key = models.BinaryField(max_length=16, editable=False)
    person = models.JSONField(default=dict, help_text="All that the row says of its person, as an import keeps it.")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "row"], name="held_row_once")]
        indexes = [
            models.Index(fields=["run", "reason", "row"], name="held_row_open", condition=models.Q(state="open")),
            models.Index(fields=["address_key"], name="held_row_of_address"),
        ]
