"""Frequency under Settings: what a page cannot have sent changes nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.types import Role
from subscribers.models import FrequencyCap
from subscribers.services.frequency import set_cap
from tests.factories.accounts import UserFactory


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "²", "9" * 40])
def test_a_cap_that_no_page_names_is_left_alone(client: Client, key: str) -> None:
    owner = UserFactory.create(role=Role.OWNER)
    set_cap(actor=owner, most=3, days=7)
    client.force_login(owner)
    assert client.post(reverse("settings-frequency"), {"do": "uncap", "cap": key}).status_code == 302
    assert FrequencyCap.objects.count() == 1
