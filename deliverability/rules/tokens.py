"""The keyed tokens in links and return paths: one MAC over (mailing, recipient), no row per message.

A token is 24 base64url characters over 18 bytes: mailing (4), recipient (6), and 8 bytes of keyed BLAKE2s
(RFC 7693), so 2^64 guesses for a forgery. Tokens do not expire: an unsubscribe link must work for years
(CASL: 60 days at the least).
"""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache
from hashlib import blake2s
from hmac import compare_digest

TOKEN_LENGTH = 24
_MAC_BYTES = 8


def sign_token(key: bytes, mailing_id: int, recipient_id: int) -> str:
    body = struct.pack(">IHI", mailing_id, recipient_id >> 32, recipient_id & 0xFFFFFFFF)
    return urlsafe_b64encode(body + _mac(key, b"r" + body)).decode()


def read_token(key: bytes, token: str) -> tuple[int, int] | None:
    """(mailing id, recipient id), or None for anything that we did not sign."""
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    try:
        raw = urlsafe_b64decode(token)
    except ValueError:
        return None
    body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
    # A second spelling of the same bytes would be a second name for one thing.
    if not compare_digest(_mac(key, b"r" + body), mac) or urlsafe_b64encode(raw).decode() != token:
        return None
    mailing_id, high, low = struct.unpack(">IHI", body)
    return mailing_id, high << 32 | low


def sign_target(key: bytes, token: str, url: str) -> str:
    """MAC for a link whose target varies by recipient and so travels in the URL: nobody else can aim our redirect."""
    return urlsafe_b64encode(_mac(key, b"u" + token.encode() + url.encode())).decode().rstrip("=")


def _mac(key: bytes, message: bytes) -> bytes:
    return blake2s(message, key=_fit(key), digest_size=_MAC_BYTES).digest()


@cache
def _fit(key: bytes) -> bytes:
    # BLAKE2s takes keys of up to 32 bytes.
    return key if len(key) <= 32 else blake2s(key).digest()
