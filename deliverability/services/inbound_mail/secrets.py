"""Keeps the secrets of inboxes encrypted."""

from accounts.services import secrets
from deliverability.models import Inbox


def save_secrets(*, inbox: Inbox, secret: str = "", client_secret: str = "") -> None:
    """Encrypt and save the password or refresh token, and the client secret; an empty one keeps what is there."""
    if secret:
        inbox.secret_encrypted = secrets.encrypt(secret)
    if client_secret:
        inbox.client_secret_encrypted = secrets.encrypt(client_secret)
    inbox.save(update_fields=["secret_encrypted", "client_secret_encrypted"])
