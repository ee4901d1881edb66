"""Encrypts credentials at rest and reads them back; the first key writes, every key reads, so keys can rotate."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from accounts.errors import SecretUnreadable


def encrypt(plain: str) -> str:
    return _cipher().encrypt(plain.encode()).decode() if plain else ""


def decrypt(stored: str) -> str:
    """Raises SecretUnreadable when none of the configured keys fits."""
    if not stored:
        return ""
    try:
        return _cipher().decrypt(stored.encode()).decode()
    except InvalidToken:
        raise SecretUnreadable from None


def rotate(stored: str) -> str:
    """The same secret under the first key. Raises SecretUnreadable when none of the configured keys fits."""
    if not stored:
        return ""
    try:
        return _cipher().rotate(stored.encode()).decode()
    except InvalidToken:
        raise SecretUnreadable from None


def _cipher() -> MultiFernet:
    # Fernet wants 32 bytes; a passphrase of any length is accepted and stretched to that.
    digests = (hashlib.sha256(key.encode()).digest() for key in settings.CREDENTIAL_KEYS)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
