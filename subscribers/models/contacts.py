"""A person we may know by name, and always by address."""

from django.db import models
from django.db.models.functions import Lower


class Contact(models.Model):
    """One person, one address. `address_key` is the keyed hash by which the engine knows the suppressed."""

    email = models.CharField(max_length=320)
    address_key = models.BinaryField(max_length=16, editable=False)
    first_name = models.CharField(max_length=150, blank=True)
    last_name = models.CharField(max_length=150, blank=True)
    locale = models.CharField(max_length=16, blank=True, help_text="BCP 47, such as de or pt-BR.")
    time_zone = models.CharField(max_length=64, blank=True, help_text="IANA name, such as Europe/Berlin.")
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166, as the person declared it.")
    attributes = models.JSONField(default=dict, blank=True)
    mailbox_provider = models.CharField(max_length=32)
    # Whether pixels and link tracking may follow this person; the ledger holds when and how they said so.
    tracks_opens = models.BooleanField(default=False)
    tracks_clicks = models.BooleanField(default=False)
    paused_until = models.DateTimeField(null=True, blank=True)
    restricted_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when they are neither mailed nor changed nor profiled (GDPR Art. 18)."
    )
    engaged_at = models.DateTimeField(null=True, blank=True, help_text="Last human click or open.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="contact_email_once")]
        indexes = [
            models.Index(fields=["address_key"], name="contact_address_key"),
            models.Index(Lower("first_name"), name="contact_first_name"),
            models.Index(Lower("last_name"), name="contact_last_name"),
            models.Index(fields=["mailbox_provider", "id"], name="contact_of_provider"),
            models.Index(fields=["id"], name="contact_paused", condition=models.Q(paused_until__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class CustomField(models.Model):
    """A declared key of `Contact.attributes`; imports and templates accept no others."""

    class Kind(models.TextChoices):
        TEXT = "text"
        NUMBER = "number"
        DATE = "date"
        BOOLEAN = "boolean"

    key = models.SlugField(unique=True)
    label = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TEXT)

    def __str__(self) -> str:
        return self.label
