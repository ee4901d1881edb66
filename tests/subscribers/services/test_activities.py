"""What people do elsewhere is kept, and added up at once."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from accounts.errors import PermissionRefused
from accounts.services.permission import SENDWELL
from accounts.types import Role
from subscribers.models import ActivityTotal, ContactActivity
from subscribers.services.activities import record_activities
from subscribers.types import NewActivity
from tests.factories.accounts import UserFactory
from tests.factories.subscribers import ContactFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_totals_follow_every_activity() -> None:
    alice, bob = ContactFactory.create_batch(2)
    ordered = [NewActivity(alice.pk, "ordered", NOON.replace(hour=hour), Decimal("9.50")) for hour in (9, 11, 10)]
    assert record_activities(actor=SENDWELL, activities=ordered) == 3
    later = [NewActivity(alice.pk, "ordered", NOON), NewActivity(bob.pk, "viewed", NOON, properties={"sku": "R1"})]
    assert record_activities(actor=SENDWELL, activities=later) == 2
    totals = ActivityTotal.objects.order_by("name").values_list("contact_id", "name", "times", "total", "last_at")
    assert list(totals) == [
        (alice.pk, "ordered", 4, Decimal("28.5"), NOON),
        (bob.pk, "viewed", 1, Decimal(0), NOON),
    ]
    assert ContactActivity.objects.get(name="viewed").properties == {"sku": "R1"}


def test_whoever_is_not_in_the_data_is_passed_over() -> None:
    assert record_activities(actor=SENDWELL, activities=[NewActivity(1 << 40, "ordered", NOON)]) == 0
    assert record_activities(actor=SENDWELL, activities=[]) == 0
    assert not ContactActivity.objects.exists()


def test_only_who_may_edit_contacts_records_what_they_did() -> None:
    with pytest.raises(PermissionRefused):
        record_activities(actor=UserFactory.create(role=Role.ANALYST), activities=[])
