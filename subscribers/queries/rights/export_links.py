"""Signs and reads the link under which a person fetches everything we hold about them."""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing

WITHIN = timedelta(days=7)
# "." is safe in a URL and occurs in no part; ":" is where some mail clients end a link.
_LINKS = signing.TimestampSigner(sep=".", salt="subscribers.export")


@dataclass(frozen=True, slots=True)
class ExportLink:
    contact_id: int
    is_expired: bool = False


def sign_export(*, contact_id: int) -> str:
    return _LINKS.sign_object(contact_id)


def read_export(token: str) -> ExportLink | None:
    """None for a token that we did not sign."""
    try:
        contact_id: int = _LINKS.unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    try:
        _LINKS.unsign(token, max_age=WITHIN)
    except signing.SignatureExpired:
        return ExportLink(contact_id, is_expired=True)
    return ExportLink(contact_id)
