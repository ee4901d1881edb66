"""Amazon SNS: signatures of its messages, and the confirmation of a subscription.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

import re
from base64 import b64decode
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlsplit

import requests
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from deliverability.webhooks.base import Unproved

# Anybody can put a certificate on the web; only Amazon can put one there.
_HOST = re.compile(r"sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")
_SECONDS = 5.0
_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")


def verify(message: Mapping[str, str], *, topic: str) -> None:
    """Raises Unproved unless Amazon signed this message for this topic. Fetches the certificate once a process."""
    if message.get("TopicArn") != topic:
        raise Unproved("The message is of another SNS topic.")
    verify_signature(message, _certificate(message.get("SigningCertURL") or message.get("SigningCertUrl") or ""))


def verify_signature(message: Mapping[str, str], certificate: bytes) -> None:
    """Raises Unproved. `certificate` is PEM."""
    fields = _NOTIFICATION if message.get("Type") == "Notification" else _CONFIRMATION
    signed = "".join(f"{name}\n{message[name]}\n" for name in fields if message.get(name) is not None)
    algorithm = hashes.SHA256() if message.get("SignatureVersion") == "2" else hashes.SHA1()  # noqa: S303
    key = x509.load_pem_x509_certificate(certificate).public_key()
    try:
        if not isinstance(key, RSAPublicKey):
            raise InvalidSignature
        key.verify(b64decode(message.get("Signature", "")), signed.encode(), PKCS1v15(), algorithm)
    except (InvalidSignature, ValueError):
        raise Unproved("The SNS signature is wrong.") from None


def confirm(message: Mapping[str, str]) -> None:
    """Tells Amazon that the subscription is wanted. Raises Unproved, requests.RequestException."""
    url = message.get("SubscribeURL", "")
    _must_be_amazons(url)
    requests.get(url, timeout=_SECONDS, allow_redirects=False).raise_for_status()


@lru_cache(maxsize=16)
def _certificate(url: str) -> bytes:
    _must_be_amazons(url)
    try:
        answer = requests.get(url, timeout=_SECONDS, allow_redirects=False)
        answer.raise_for_status()
    except requests.RequestException as error:
        raise Unproved(f"Amazon's certificate could not be fetched: {error}") from None
    return answer.content


def _must_be_amazons(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" or not _HOST.fullmatch(parts.hostname or ""):
        raise Unproved("The message points to a host that is not Amazon's.")
