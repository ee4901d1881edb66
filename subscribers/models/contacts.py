"""A person we may know by name, and always by address."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower


class PeopleManager(models.Manager["Contact"]):
    """Leaves out those who were merged into somebody else: they are addresses of that person, and no people."""

    def get_queryset(self) -> models.QuerySet["Contact"]:
        return super().get_queryset().filter(merged_into=None)


class Contact(models.Model):
    """One person, one address. `address_key` is the keyed hash by which the engine knows the suppressed.

    A contact that was merged stays as a row: ledger entries, links in mail and its address go on meaning somebody.
    """

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
    # Where they came from, they opened or clicked then: who was engaged there goes first here, until we know better.
    engaged_elsewhere_at = models.DateTimeField(null=True, blank=True)
    engaged_at = models.DateTimeField(null=True, blank=True, help_text="Last human click or open.")
    # The person that this one turned out to be. Never a chain: whoever is merged takes along who was merged into them.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[PeopleManager] = PeopleManager()
    with_merged: ClassVar[models.Manager["Contact"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="contact_email_once")]
        indexes = [
            models.Index(fields=["address_key"], name="contact_address_key"),
            models.Index(Lower("first_name"), name="contact_first_name"),
            models.Index(Lower("last_name"), name="contact_last_name"),
            models.Index(fields=["mailbox_provider", "id"], name="contact_of_provider"),
            models.Index(fields=["id"], name="contact_paused", condition=models.Q(paused_until__isnull=False)),
            models.Index(fields=["merged_into"], name="contact_merged", condition=models.Q(merged_into__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class OfferedFieldManager(models.Manager["CustomField"]):
    def get_queryset(self) -> models.QuerySet["CustomField"]:
        return super().get_queryset().filter(archived_at=None)


class CustomField(models.Model):
    """A declared key of `Contact.attributes`; imports and templates accept no others. The key never changes."""

    class Kind(models.TextChoices):
        TEXT = "text"
        NUMBER = "number"
        DATE = "date"
        BOOLEAN = "boolean"
        CHOICE = "choice"
        LIST = "list"
        JSON = "json"

    key = models.SlugField(unique=True)
    label = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TEXT)
    # Only of choices. A retired option is no longer offered; who has it keeps it.
    options = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    retired_options = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    archived_at = models.DateTimeField(
        null=True, blank=True, help_text="No longer offered anywhere; its values are kept."
    )

    objects: ClassVar[models.Manager["CustomField"]] = models.Manager()
    offered: ClassVar[OfferedFieldManager] = OfferedFieldManager()

    def __str__(self) -> str:
        return self.label
