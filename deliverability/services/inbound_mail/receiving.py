"""Takes one mail in, whatever it is: kept first, then read, and recorded in the same transaction."""

import logging
import re
import zlib
from dataclasses import asdict
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from deliverability.models import InboundMail
from deliverability.rules.bounces import Finding, read_bounce
from deliverability.rules.bounces.mime import Part, read_mail
from deliverability.services.inbound_mail.recording import record_findings

logger = logging.getLogger(__name__)

# What a mail still has when it arrives a second time, by another way.
_LASTING = ("message-id", "date", "from", "subject")
_LINE_END = re.compile(rb"\r*\n|\r")
_LARGEST = 20_000_000


def receive_mail(*, raw: bytes, source: str) -> InboundMail:
    """Keep a mail and do what it asks for: events once, hard bounces and complaints suppressed with them.

    Nothing that arrives raises or is lost: what cannot be read is kept and marked. The same mail again, by whatever
    way and with whatever line ends, is the row that is there already.
    """
    raw = raw[:_LARGEST]
    head = read_mail(raw)
    mail = InboundMail(
        received_at=timezone.now(),
        source=source[:100],
        digest=_digest(raw, head),
        raw=zlib.compress(raw),
        size=len(raw),
        sender=_shown(head, "from", 320),
        subject=_shown(head, "subject", 300),
        state=InboundMail.State.UNREADABLE,
        note="It has not been read yet.",
    )
    InboundMail.objects.bulk_create([mail], ignore_conflicts=True)
    kept = InboundMail.objects.get(digest=mail.digest)
    return _read(kept) if kept.state == InboundMail.State.UNREADABLE else kept


def read_again(*, mail_id: int) -> InboundMail:
    """Read a mail that could not be read or resolved once more; what was recorded stays as it is."""
    mail = InboundMail.objects.get(pk=mail_id)
    return mail if mail.state == InboundMail.State.RECORDED else _read(mail)


def _read(mail: InboundMail) -> InboundMail:
    try:
        with transaction.atomic():
            # Whoever reads the same mail at the same time waits, and finds it recorded.
            locked = InboundMail.objects.select_for_update().get(pk=mail.pk)
            if locked.state == InboundMail.State.RECORDED:
                return locked
            findings = read_bounce(zlib.decompress(bytes(locked.raw)))
            outcome = record_findings(findings, locked.received_at)
            locked.findings = [_as_json(one) for one in findings]
            locked.state, locked.note = outcome.state, outcome.note
            locked.save(update_fields=["findings", "state", "note"])
            return locked
    except Exception as error:
        # Not even a fault of ours may lose a mail: it stays, says why, and can be read again.
        logger.exception("Inbound mail %s could not be read.", mail.pk)
        mail.state, mail.note = InboundMail.State.UNREADABLE, f"{type(error).__name__}: {error}"[:2000]
        mail.save(update_fields=["state", "note"])
        return mail


def _digest(raw: bytes, head: Part) -> bytes:
    if "message-id" not in head.headers:
        return sha256(_LINE_END.sub(b"\n", raw).strip()).digest()
    lasting = "\n".join(head.headers.get(name) for name in _LASTING)
    return sha256(f"{lasting}\n\n{head.body.strip()}".encode("utf-8", "replace")).digest()


def _shown(head: Part, name: str, longest: int) -> str:
    return head.headers.get(name).replace("\0", "").encode("utf-8", "replace").decode()[:longest]


def _as_json(finding: Finding) -> dict[str, object]:
    fields = asdict(finding)
    del fields["tokens"]
    # PostgreSQL's JSON holds neither NUL nor half a surrogate pair.
    return {
        name: value.replace("\0", "").encode("utf-8", "replace").decode()[:1000] if isinstance(value, str) else value
        for name, value in fields.items()
    }
