"""Who is held, for which reasons side by side, and what a lift leaves behind."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deliverability.models import Suppression
from deliverability.queries.suppressions import address_key, suppressed_keys
from deliverability.services.suppression import lift, suppress, suppress_many
from deliverability.types import NewSuppression, Scope, StreamKind, SuppressionReason

pytestmark = pytest.mark.django_db
ADA = "ada@gmail.com"
DAY = timedelta(days=1)


def block(reason: SuppressionReason, scope: Scope = Scope.MARKETING, **facts: object) -> int:
    return suppress(addresses=[ADA], scope=scope, reason=reason, evidence=f"because of {reason}", **facts)  # type: ignore[arg-type]


def is_held(kind: StreamKind = StreamKind.MARKETING, **where: int) -> bool:
    return suppressed_keys(kind, [address_key(ADA)], **where) == {address_key(ADA)}


def lifted(reason: SuppressionReason) -> bool:
    return lift(address=ADA, scope=Scope.MARKETING, reason=reason, by="Mira", why="She wrote")


def test_another_spelling_of_the_address_is_suppressed_too() -> None:
    suppress(addresses=["Ada@GMail.com"], scope=Scope.EVERYTHING, reason=SuppressionReason.HARD_BOUNCE)
    assert is_held(StreamKind.TRANSACTIONAL)


def test_reasons_stand_side_by_side_and_lifting_one_leaves_the_others() -> None:
    block(SuppressionReason.UNSUBSCRIBE)
    block(SuppressionReason.MANUAL)
    block(SuppressionReason.COMPLAINT)
    assert lifted(SuppressionReason.MANUAL)
    assert is_held()
    assert lifted(SuppressionReason.UNSUBSCRIBE)
    assert is_held()
    assert lifted(SuppressionReason.COMPLAINT)
    assert not is_held()


def test_a_lift_stays_on_record_and_the_same_reason_may_come_again() -> None:
    block(SuppressionReason.HARD_BOUNCE)
    assert lifted(SuppressionReason.HARD_BOUNCE)
    assert not lifted(SuppressionReason.HARD_BOUNCE)
    assert block(SuppressionReason.HARD_BOUNCE) == 1
    assert is_held()
    over = Suppression.objects.get(lifted_at__isnull=False)
    assert (over.lifted_by, over.lifted_why, over.evidence) == ("Mira", "She wrote", "because of hard_bounce")
    assert Suppression.objects.count() == 2


def test_the_first_evidence_of_a_reason_stays() -> None:
    assert block(SuppressionReason.COMPLAINT) == 1
    again = suppress(addresses=[ADA], scope=Scope.MARKETING, reason=SuppressionReason.COMPLAINT, evidence="another")
    assert (again, Suppression.objects.get().evidence) == (0, "because of complaint")


def test_a_soft_reason_ends_by_itself_and_is_renewed() -> None:
    block(SuppressionReason.SOFT_BOUNCE, expires_at=timezone.now() + DAY)
    assert is_held()
    a_week_ago = timezone.now() - 7 * DAY
    Suppression.objects.update(expires_at=timezone.now() - DAY, created_at=a_week_ago)
    assert not is_held()
    block(SuppressionReason.SOFT_BOUNCE, expires_at=timezone.now() + DAY)
    assert is_held()
    assert Suppression.objects.get().created_at > a_week_ago


def test_a_longer_hold_wins_over_a_shorter_one_whichever_comes_first() -> None:
    for_a_day, for_a_week = timezone.now() + DAY, timezone.now() + 7 * DAY
    block(SuppressionReason.SOFT_BOUNCE, expires_at=for_a_week)
    block(SuppressionReason.SOFT_BOUNCE, expires_at=for_a_day)
    assert Suppression.objects.get().expires_at == for_a_week
    block(SuppressionReason.SOFT_BOUNCE)
    block(SuppressionReason.SOFT_BOUNCE, expires_at=for_a_week)
    assert Suppression.objects.get().expires_at is None


@pytest.mark.parametrize(
    ("scope", "target", "held"),
    [
        (Scope.EVERYTHING, 0, {"marketing", "transactional", "stream", "topic"}),
        (Scope.MARKETING, 0, {"marketing", "stream", "topic"}),
        (Scope.TRANSACTIONAL, 0, {"transactional"}),
        (Scope.STREAM, 3, {"stream"}),
        (Scope.TOPIC, 7, {"topic"}),
        (Scope.STREAM, 7, set()),
        (Scope.TOPIC, 3, set()),
    ],
)
def test_each_scope_holds_its_mail_and_no_other(scope: Scope, target: int, held: set[str]) -> None:
    block(SuppressionReason.MANUAL, scope, target=target)
    asked = {
        "marketing": is_held(),
        "transactional": is_held(StreamKind.TRANSACTIONAL),
        "stream": is_held(stream_id=3),
        "topic": is_held(topic_id=7),
    }
    assert {name for name, answer in asked.items() if answer} == held


def test_one_address_twice_in_a_call_is_one_entry() -> None:
    assert suppress(addresses=[ADA, ADA.upper()], scope=Scope.MARKETING, reason=SuppressionReason.MANUAL) == 1


def test_an_erased_address_is_held_by_its_key_alone_and_never_written_down_again() -> None:
    suppress_many([NewSuppression("", Scope.EVERYTHING, SuppressionReason.ERASURE, key=address_key(ADA))])
    assert is_held()
    block(SuppressionReason.ERASURE, Scope.EVERYTHING)
    assert Suppression.objects.get().address == ""


def test_many_are_held_in_one_query_for_thousands(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(2):  # type: ignore[operator]
        suppress(
            addresses=[f"p{number}@example.org" for number in range(6_000)],
            scope=Scope.EVERYTHING,
            reason=SuppressionReason.MANUAL,
        )
    assert Suppression.objects.count() == 6_000
