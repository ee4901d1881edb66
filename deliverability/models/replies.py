"""How often each row of the reply table decided, and the replies that none knew."""

from django.db import models


class ReplyHit(models.Model):
    """Replies that one row decided, by mailbox provider and day; rolled up in the transaction that records them."""

    rule = models.CharField(max_length=40, help_text="Name of the row in the reply table.")
    mailbox_provider = models.CharField(max_length=32)
    day = models.DateField(help_text="In UTC.")
    total = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "rule", "mailbox_provider"], name="reply_hit_once")]

    def __str__(self) -> str:
        return f"{self.rule} at {self.mailbox_provider}"


class UnmatchedReply(models.Model):
    """A reply that no row knew, with what differs each time replaced; waits for somebody to look at it."""

    key = models.BinaryField(max_length=16, unique=True, help_text="Hash of code, words and mailbox provider.")
    mailbox_provider = models.CharField(max_length=32)
    code = models.SmallIntegerField()
    words = models.TextField()
    sample = models.TextField(help_text="The last such reply as it was written.")
    total = models.BigIntegerField(default=0)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True, help_text="When somebody looked at it and let it be.")

    class Meta:
        indexes = [models.Index(fields=["-total"], condition=models.Q(settled_at=None), name="unmatched_reply_waiting")]

    def __str__(self) -> str:
        return f"{self.code} {self.words}"
