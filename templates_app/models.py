"""Templates that people edit, and the immutable versions that are sent."""

from django.db import models
from django.utils import timezone


class Template(models.Model):
    """MJML with Liquid, as its author last saved it."""

    name = models.CharField(max_length=120, unique=True)
    # Blank is a draft like any other: nothing that somebody typed is refused.
    source = models.TextField(blank=True)
    subject = models.CharField(max_length=500, blank=True, help_text="What its preview shows and campaigns start from.")
    preheader = models.CharField(max_length=300, blank=True)
    # Counts saves, so that nobody overwrites what they have not seen.
    revision = models.PositiveIntegerField(default=1, editable=False)
    saved_by = models.CharField(max_length=200, blank=True, editable=False)
    saved_at = models.DateTimeField(default=timezone.now, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name


class TemplateVersion(models.Model):
    """What is sent: source, subject and preheader compiled once to Liquid HTML and text. Never changed."""

    template = models.ForeignKey("templates_app.Template", on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    source = models.TextField()
    subject = models.CharField(max_length=500)
    preheader = models.CharField(max_length=300, blank=True)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of source, subject, preheader and footer.")
    html = models.TextField(help_text="Compiled HTML in which Liquid and numbered links are still open.")
    text = models.TextField(help_text="Its plain-text alternative, likewise.")
    links = models.JSONField(default=list, help_text="Targets of tracked links; the index is the link's number.")
    merge_tags = models.JSONField(default=list)
    author = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="template_version_once"),
            models.UniqueConstraint(fields=["template", "fingerprint"], name="template_content_once"),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} v{self.number}"
