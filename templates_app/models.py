"""Templates that people edit, and the immutable versions that are sent."""

from django.db import models


class Template(models.Model):
    """MJML with Liquid, as its author last saved it."""

    name = models.CharField(max_length=120, unique=True)
    source = models.TextField()
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
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="template_version_once"),
            models.UniqueConstraint(fields=["template", "fingerprint"], name="template_content_once"),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} v{self.number}"
