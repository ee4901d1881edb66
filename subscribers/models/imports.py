"""One run of an import: what file, with what statement of consent, and what became of its rows."""

from django.db import models


class ImportRun(models.Model):
    class State(models.TextChoices):
        # In the browser: uploaded and being mapped, then waiting for a worker.
        DRAFT = "draft"
        QUEUED = "queued"
        RUNNING = "running"
        FINISHED = "finished"
        FAILED = "failed"

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
