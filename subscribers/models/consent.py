"""The consent ledger: what each person was asked, in which words, and what they said. Append-only by trigger."""

from django.db import models

from subscribers.types import Basis, ConsentAction, Purpose


class ConsentWording(models.Model):
    """The exact words somebody agreed to. A changed text is a new version, never an edit."""

    name = models.CharField(max_length=100)
    version = models.PositiveIntegerField(default=1)
    text = models.TextField()
    locale = models.CharField(max_length=16, default="en")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "version", "locale"], name="wording_version_once")]

    def __str__(self) -> str:
        return f"{self.name} v{self.version} ({self.locale})"


class ConsentRecord(models.Model):
    """One statement of one person. Never changed or deleted (a trigger refuses); withdrawal is a new entry."""

    # Every grant of an import writes here: no index that another one, or a rare question, can do without.
    contact = models.ForeignKey(
        "subscribers.Contact", on_delete=models.PROTECT, related_name="consents", db_index=False
    )
    mailing_list = models.ForeignKey(
        "subscribers.MailingList", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    purpose = models.CharField(max_length=20, choices=[(purpose.value, purpose.value) for purpose in Purpose])
    action = models.CharField(max_length=12, choices=[(action.value, action.value) for action in ConsentAction])
    detail = models.CharField(
        max_length=700,
        blank=True,
        default="",
        db_default="",
        help_text="What was chosen, where a yes or no is not all.",
    )
    basis = models.CharField(max_length=24, blank=True, choices=[(basis.value, basis.value) for basis in Basis])
    wording = models.ForeignKey(
        "subscribers.ConsentWording", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    source = models.CharField(max_length=500, help_text="Where it was said: a URL, an import, an API key's name.")
    actor = models.CharField(max_length=200, help_text="Who did it: the person, a team member, the mail client.")
    ip = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=500, blank=True)
    jurisdiction = models.CharField(max_length=2, blank=True)
    occurred_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["contact", "occurred_at"], name="consent_of_contact")]
