from datetime import timedelta

import pytest
from django.utils import timezone

from deliverability.models import Suppression
from deliverability.queries.suppressions import address_key, suppressed_keys
from deliverability.services.suppression import lift, suppress
from deliverability.types import Scope, StreamKind, SuppressionReason

pytestmark = pytest.mark.django_db
ADA = "ada@gmail.com"


def block(reason: SuppressionReason, scope: Scope = Scope.MARKETING) -> None:
    suppress(addresses=[ADA], scope=scope, reason=reason, evidence=f"because of {reason}")


def test_another_spelling_of_the_address_is_suppressed_too() -> None:
    suppress(addresses=["Ada@GMail.com"], scope=Scope.EVERYTHING, reason=SuppressionReason.HARD_BOUNCE)
    assert suppressed_keys(StreamKind.TRANSACTIONAL, [address_key(ADA)]) == {address_key(ADA)}


def test_a_graver_reason_replaces_a_lighter_one_and_never_the_other_way() -> None:
    block(SuppressionReason.UNSUBSCRIBE)
    block(SuppressionReason.COMPLAINT)
    block(SuppressionReason.UNSUBSCRIBE)
    assert Suppression.objects.get().reason == SuppressionReason.COMPLAINT
    assert Suppression.objects.get().evidence == "because of complaint"


def test_signing_up_anew_does_not_lift_a_complaint_that_followed_an_unsubscribe() -> None:
    block(SuppressionReason.UNSUBSCRIBE)
    block(SuppressionReason.COMPLAINT)
    assert lift(address=ADA, scope=Scope.MARKETING, reason=SuppressionReason.UNSUBSCRIBE) is False
    assert suppressed_keys(StreamKind.MARKETING, [address_key(ADA)])


def test_an_expired_suppression_gives_way_to_a_new_one() -> None:
    block(SuppressionReason.HARD_BOUNCE)
    Suppression.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert not suppressed_keys(StreamKind.MARKETING, [address_key(ADA)])
    block(SuppressionReason.UNSUBSCRIBE)
    assert suppressed_keys(StreamKind.MARKETING, [address_key(ADA)])
    assert Suppression.objects.get().reason == SuppressionReason.UNSUBSCRIBE


def test_one_address_twice_in_a_call_is_one_entry() -> None:
    suppress(addresses=[ADA, ADA.upper()], scope=Scope.MARKETING, reason=SuppressionReason.MANUAL)
    assert Suppression.objects.count() == 1
