"""What happened: an append-only table, partitioned by month (migration 0002), and how far its feeder has read."""

from django.db import models

from deliverability.types import AgentKind, EventKind


class Event(models.Model):
    """One thing that happened to one recipient of one mailing. Written only by COPY, never changed."""

    # The table's key is (id, occurred_at), since a partitioned key must hold the partition column.
    id = models.BigAutoField(primary_key=True)
    occurred_at = models.DateTimeField()
    kind = models.SmallIntegerField(choices=[(kind.value, kind.name.lower()) for kind in EventKind])
    mailing = models.ForeignKey(
        "deliverability.Mailing", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    recipient_id = models.BigIntegerField()
    mailbox_provider = models.CharField(max_length=32)
    batch_id = models.BigIntegerField(null=True)
    provider_id = models.BigIntegerField(null=True, help_text="The way out. Empty: from before there were routes.")
    attempt = models.SmallIntegerField(null=True)
    code = models.SmallIntegerField(null=True, help_text="Basic SMTP reply code.")
    # The server's words for SMTP results, the skip reason for skipped recipients.
    detail = models.TextField(null=True)  # noqa: DJ001  NULL costs a bit, an empty string a byte: millions of rows
    link = models.SmallIntegerField(null=True)
    agent_kind = models.SmallIntegerField(null=True, choices=[(kind.value, kind.name.lower()) for kind in AgentKind])
    agent = models.TextField(null=True)  # noqa: DJ001
    ip = models.GenericIPAddressField(null=True)

    class Meta:
        managed = False
        db_table = "deliverability_event"


class EventCursor(models.Model):
    """How far a buffer has been read; moved in the transaction that writes its events, so each is written once."""

    buffer = models.CharField(max_length=60, primary_key=True)
    last_id = models.CharField(max_length=40, default="0-0")
