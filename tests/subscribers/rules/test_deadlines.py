"""Deadlines of the GDPR and the CCPA."""

from datetime import UTC, datetime

import pytest

from subscribers.rules.deadlines import due, extended, law_of
from subscribers.types import PrivacyLaw

GDPR, CCPA = PrivacyLaw.GDPR, PrivacyLaw.CCPA


def at(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(("country", "law"), [("DE", GDPR), ("us", CCPA), ("GB", GDPR), ("", GDPR), ("BR", GDPR)])
def test_whose_law(country: str, law: PrivacyLaw) -> None:
    assert law_of(country) == law


@pytest.mark.parametrize(
    ("law", "received", "until", "at_most"),
    [
        (GDPR, at(11, 24), at(12, 24), at(2, 24, 2027)),
        # Where a month has no such day, its last one counts.
        (GDPR, at(1, 31), at(2, 28), at(4, 30)),
        (GDPR, at(1, 31, 2028), at(2, 29, 2028), at(4, 30, 2028)),
        (GDPR, at(12, 15), at(1, 15, 2027), at(3, 15, 2027)),
        (CCPA, at(1, 1), at(2, 15), at(4, 1)),
    ],
)
def test_until_when(law: PrivacyLaw, received: datetime, until: datetime, at_most: datetime) -> None:
    assert due(law, received) == until
    assert extended(law, received) == at_most
