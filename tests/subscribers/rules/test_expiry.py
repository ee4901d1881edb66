from datetime import UTC, datetime

import pytest

from subscribers.rules.expiry import expiry_of
from subscribers.types import Basis


@pytest.mark.parametrize(
    ("basis", "since", "until"),
    [
        (Basis.IMPLIED_PURCHASE, datetime(2024, 2, 29, 9, tzinfo=UTC), datetime(2026, 2, 28, 9, tzinfo=UTC)),
        (Basis.IMPLIED_INQUIRY, datetime(2026, 8, 31, tzinfo=UTC), datetime(2027, 2, 28, tzinfo=UTC)),
        (Basis.EXPRESS, datetime(2026, 8, 31, tzinfo=UTC), None),
    ],
)
def test_implied_consent_ends_by_itself(basis: Basis, since: datetime, until: datetime | None) -> None:
    assert expiry_of(basis, since) == until
