"""Mail that comes back: kept as it came, read once, and turned into events and suppressions."""

from deliverability.services.inbound_mail.collecting import collect, inboxes_to_check
from deliverability.services.inbound_mail.receiving import read_again, receive_mail
from deliverability.services.inbound_mail.retention import forget_mail
from deliverability.services.inbound_mail.secrets import save_secrets

__all__ = ["collect", "forget_mail", "inboxes_to_check", "read_again", "receive_mail", "save_secrets"]
