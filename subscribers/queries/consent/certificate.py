"""All that one person ever said about mail, with what proves each entry: for them, a lawyer or an authority."""

from dataclasses import dataclass

from subscribers.models import ConsentCheckpoint, ConsentRecord, Contact
from subscribers.queries.consent.ledger import said_by
from subscribers.queries.consent.ledger_proof import fingerprints_of


@dataclass(frozen=True, slots=True)
class Proven:
    """`fingerprint`: the digest of the entry as it stands now, in hexadecimal. Its seal holds the one from when it was
    written."""

    entry: ConsentRecord
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """`entries` are in the order in which they were written; `checkpoint` is the last that was signed."""

    contact: Contact
    entries: list[Proven]
    checkpoint: ConsentCheckpoint | None


def certificate_of(contact_id: int) -> Certificate | None:
    """None for somebody who is not in the data."""
    contact = Contact.objects.filter(pk=contact_id).first()
    if contact is None:
        return None
    said = said_by(contact.pk).select_related("mailing_list", "wording").order_by("pk")
    entries = list(said)
    fingerprints = fingerprints_of([entry.pk for entry in entries])
    return Certificate(
        contact,
        [Proven(entry, fingerprints[entry.pk].hex()) for entry in entries],
        ConsentCheckpoint.objects.order_by("pk").last(),
    )
