"""Campaigns, what was left out of them and why, and what people did with them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from campaigns.types import CampaignState, Priority


class Campaign(models.Model):
    """One broadcast, from draft to sent. Content is frozen at review, the audience when sending starts."""

    name = models.CharField(max_length=150)
    subject = models.CharField(max_length=500)
    preheader = models.CharField(max_length=300, blank=True)
    from_name = models.CharField(max_length=100)
    from_email = models.EmailField()
    reply_to = models.EmailField(blank=True)
    # A draft may lack both: nobody is made to pick a list before they write.
    mailing_list = models.ForeignKey(
        "subscribers.MailingList", on_delete=models.PROTECT, null=True, blank=True, related_name="campaigns"
    )
    # Ids and no keys: a segment may go once its campaigns are sent, and the record of them stands.
    more_lists = ArrayField(
        models.BigIntegerField(), default=list, blank=True, help_text="A subscription to one of these allows it, too."
    )
    segments = ArrayField(
        models.BigIntegerField(), default=list, blank=True, help_text="Only people in one of these, if there are any."
    )
    without_lists = ArrayField(models.BigIntegerField(), default=list, blank=True)
    without_segments = ArrayField(models.BigIntegerField(), default=list, blank=True)
    priority = models.SmallIntegerField(
        choices=[(each.value, each.name.lower()) for each in Priority],
        default=Priority.NORMAL,
        help_text="Who goes first where a frequency cap has no room for both.",
    )
    exempt_because = models.CharField(
        max_length=300, blank=True, editable=False, help_text="Why frequency caps do not hold for it; empty: they do."
    )
    template = models.ForeignKey(
        "templates_app.Template", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.ForeignKey("templates_app.TemplateVersion", on_delete=models.PROTECT, null=True, related_name="+")
    stream = models.ForeignKey("deliverability.Stream", on_delete=models.PROTECT, related_name="+")
    mailing = models.ForeignKey("deliverability.Mailing", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(
        max_length=10, choices=[(state.value, state.value) for state in CampaignState], default=CampaignState.DRAFT
    )
    send_at = models.DateTimeField(null=True, blank=True, help_text="Empty: as soon as the undo window has passed.")
    time_zone = models.CharField(max_length=64, default="UTC", help_text="In which send_at was chosen and is shown.")
    undo_seconds = models.PositiveIntegerField(default=60)
    canary_percent = models.PositiveSmallIntegerField(
        default=0, help_text="Of the people at each mailbox provider, sent first and watched; 0: everybody at once."
    )
    canary_minutes = models.PositiveIntegerField(default=30, help_text="How long the canary is watched.")
    starts_at = models.DateTimeField(null=True, editable=False, help_text="send_at or the end of the undo window.")
    audience_count = models.PositiveIntegerField(null=True, editable=False)
    # Counts edits; `edits` says of each field who changed it last, when, and at which revision.
    revision = models.PositiveIntegerField(default=1, editable=False)
    edits = models.JSONField(default=dict, editable=False)
    edited_at = models.DateTimeField(default=timezone.now, editable=False)
    approved_by = models.CharField(max_length=200, blank=True, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    # Members by id, since two may bear one name; opaque, so that a member may go and the record stands.
    approver_id = models.BigIntegerField(null=True, editable=False)
    requester_id = models.BigIntegerField(null=True, editable=False, help_text="Who pressed Send.")
    held_because = models.CharField(
        max_length=500,
        blank=True,
        editable=False,
        help_text="Why it did not start when it was due; empty once somebody has acted on it.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["state", "starts_at"], name="campaign_due"),
            models.Index(fields=["state", "-edited_at", "-id"], name="campaign_edited"),
            models.Index(fields=["-finished_at", "-id"], name="campaign_finished"),
        ]

    def __str__(self) -> str:
        return self.name


class Exclusion(models.Model):
    """People of the chosen list whom the freeze left out, by reason, in arrays: few wide rows, as in the outbox."""

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.CASCADE, related_name="exclusions")
    reason = models.CharField(max_length=24)
    contact_ids = ArrayField(models.BigIntegerField())


class CampaignActivity(models.Model):
    """Who did what to a campaign, and when."""

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.CASCADE, related_name="activities")
    happened_at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=200)
    text = models.CharField(max_length=500)

    class Meta:
        verbose_name_plural = "campaign activities"


class TestSend(models.Model):
    """One test mail to one address. Its version is what stood on the screen when somebody asked for it."""

    __test__ = False  # pytest collects classes by this name

    # Empty: a template was tested by itself, before any campaign uses it.
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.CASCADE, null=True, related_name="tests")
    version = models.ForeignKey("templates_app.TemplateVersion", on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=320)
    # Whose data fills the mail; empty: made-up data. Opaque, so that erasing the person leaves the test standing.
    sample_contact_id = models.BigIntegerField(null=True)
    requested_by = models.CharField(max_length=200)
    requested_at = models.DateTimeField(auto_now_add=True)
