"""Mail that comes back: where it is fetched, each mail as it came, and how often an address bounced for now."""

from django.db import models


class Inbox(models.Model):
    """A place where bounces and complaints arrive, and how to read it."""

    class Kind(models.TextChoices):
        IMAP = "imap", "IMAP mailbox"
        MAILDIR = "maildir", "Maildir on this machine"

    class Security(models.TextChoices):
        NONE = "none", "No encryption"
        STARTTLS = "starttls", "STARTTLS"
        TLS = "tls", "TLS from the first byte"

    class Login(models.TextChoices):
        PASSWORD = "password", "Password"
        OAUTH2 = "oauth2", "OAuth 2.0"

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.IMAP)
    is_active = models.BooleanField(default=True)
    path = models.CharField(max_length=500, blank=True, help_text="Of the Maildir: the folder that holds new and cur.")
    host = models.CharField(max_length=255, blank=True)
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=10, choices=Security, default=Security.TLS)
    folder = models.CharField(max_length=200, default="INBOX")
    username = models.CharField(max_length=255, blank=True)
    login = models.CharField(max_length=10, choices=Login, default=Login.PASSWORD)
    # The password, or the refresh token of OAuth 2.0.
    secret_encrypted = models.TextField(blank=True, editable=False)
    token_url = models.URLField(blank=True, help_text="Where OAuth 2.0 gives access tokens for the refresh token.")
    client_id = models.CharField(max_length=255, blank=True)
    client_secret_encrypted = models.TextField(blank=True, editable=False)
    last_checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.TextField(blank=True, editable=False)

    class Meta:
        verbose_name_plural = "inboxes"

    def __str__(self) -> str:
        return self.name


class InboundMail(models.Model):
    """One mail as it came in, kept for a while: it can be read again when the reader has learned more."""

    class State(models.TextChoices):
        RECORDED = "recorded", "Recorded"
        IGNORED = "ignored", "Nothing to record"
        UNRESOLVED = "unresolved", "About a mail that is not ours"
        UNREADABLE = "unreadable", "Could not be read"

    received_at = models.DateTimeField()
    source = models.CharField(max_length=100, help_text="The inbox, or the pipe.")
    digest = models.BinaryField(max_length=32, unique=True, help_text="Of what does not change on the way.")
    raw = models.BinaryField(help_text="The mail, zlib.")
    size = models.PositiveIntegerField()
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=12, choices=State)
    findings = models.JSONField(default=list)
    note = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-received_at"], name="inbound_mail_by_time"),
            models.Index(fields=["state", "-received_at"], name="inbound_mail_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.received_at:%Y-%m-%d %H:%M} {self.subject}"


class SoftBounce(models.Model):
    """How often mail to an address has come back for now; forgotten when it has not for a while."""

    address_key = models.BinaryField(primary_key=True, max_length=16)
    total = models.SmallIntegerField(default=0)
    last_at = models.DateTimeField()
