"""Writes down who changed what, and from where."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from accounts.models import AuditEntry
from accounts.services.redaction import redact
from accounts.types import Actor

# Services never see a request; the web says once per request where it comes from.
_address: ContextVar[str | None] = ContextVar("address", default=None)


@contextmanager
def acting_from(ip_address: str | None) -> Iterator[None]:
    """What is written down within was done from this address."""
    token = _address.set(ip_address)
    try:
        yield
    finally:
        _address.reset(token)


def record(*, actor: Actor, text: str) -> None:
    """One sentence in the past tense, such as “Invited kim@huila.example as analyst.” Joins the open transaction."""
    AuditEntry.objects.create(actor=str(actor)[:200], text=text[:500], ip_address=_address.get())


def forget_address(address: str) -> None:
    """Take an erased person's address out of what was written down; who did what, and when, stays."""
    redact([(AuditEntry, ("text",))], address)


def old_entries(before: datetime) -> int:
    return AuditEntry.objects.filter(happened_at__lt=before).count()


def forget_entries(before: datetime) -> int:
    """Returns how many went."""
    return AuditEntry.objects.filter(happened_at__lt=before).delete()[0]
