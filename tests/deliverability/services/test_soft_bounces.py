from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from deliverability.models import SoftBounce, Suppression
from deliverability.services.soft_bounces import count_soft_bounces, forget_soft_bounces
from deliverability.types import SuppressionReason

FULL = [("Anna@example.org", "552 5.2.2 mailbox full")]
START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_an_address_whose_mail_comes_back_again_and_again_is_rested_for_a_while() -> None:
    for _ in range(4):
        assert count_soft_bounces(bounces=FULL) == []
    assert count_soft_bounces(bounces=FULL) == ["Anna@example.org"]
    [held] = Suppression.objects.all()
    assert (held.address, held.reason) == ("anna@example.org", SuppressionReason.SOFT_BOUNCE)
    assert held.expires_at is not None
    assert "5 times" in held.evidence
    assert not SoftBounce.objects.exists()


@pytest.mark.django_db
def test_counts_expire() -> None:
    with time_machine.travel(START, tick=False):
        for _ in range(4):
            count_soft_bounces(bounces=FULL)
    with time_machine.travel(START + timedelta(days=31), tick=False):
        assert count_soft_bounces(bounces=FULL) == []
        assert SoftBounce.objects.get().total == 1
    with time_machine.travel(START + timedelta(days=70), tick=False):
        assert forget_soft_bounces(START + timedelta(days=39)) == 1


@pytest.mark.django_db
def test_a_mailbox_that_is_full_since_nobody_opens_it_gets_two_chances() -> None:
    words = "552 5.2.2 The recipient's inbox is out of storage space and inactive"
    assert count_soft_bounces(bounces=[("bob@gmail.example", words)]) == []
    assert count_soft_bounces(bounces=[("bob@gmail.example", words)]) == ["bob@gmail.example"]
