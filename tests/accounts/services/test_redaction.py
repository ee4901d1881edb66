"""An erased person's address goes from sentences, and nobody else's with it."""

import pytest

from accounts.models import AuditEntry
from accounts.services.redaction import STANDS_FOR, redact, redacted

GONE = [
    "Suppressed ann@example.com.",
    "ANN@example.com, bob@example.com",
    "<ann@example.com>",
    "to:ann@example.com",
    "q=ann%40example.com&list=3",
    "next=%2Fcontacts%3Fq%3Dann%40example.com",
    "one\\nann@example.com\\ntwo",
]
KEPT = ["joann@example.com", "ann@example.com.au", "jo.ann@example.com", "ann@example.community", "x+ann@example.com"]


@pytest.mark.parametrize("text", GONE)
def test_the_address_goes_wherever_it_stands_as_a_whole(text: str) -> None:
    assert "ann" not in redacted(text, "ann@example.com").lower()
    assert STANDS_FOR in redacted(text, "ann@example.com")


@pytest.mark.parametrize("text", KEPT)
def test_longer_addresses_are_other_people(text: str) -> None:
    assert redacted(text, "ann@example.com") == text


@pytest.mark.django_db
def test_the_database_reads_it_alike() -> None:
    for text in (*GONE, *KEPT):
        AuditEntry.objects.create(actor="Mira", text=text)
    redact([(AuditEntry, ("text",))], "ann@example.com")
    told = list(AuditEntry.objects.order_by("pk").values_list("text", flat=True))
    assert told == [redacted(text, "ann@example.com") for text in (*GONE, *KEPT)]
