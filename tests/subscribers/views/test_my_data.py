"""The page under which a person fetches all that we hold about them."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from subscribers.queries.rights.export_links import sign_export
from tests.factories.accounts import OrganisationFactory
from tests.factories.subscribers import subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> str:
    OrganisationFactory.create()
    contact = subscribed(email="alice@gmail.com", first_name="Alice")
    return reverse("my-data", args=[sign_export(contact_id=contact.pk)])


def test_looking_at_it_tells_nothing_yet(page: str) -> None:
    answer = Client().get(page)
    assert answer.status_code == 200
    assert "alice@gmail.com" not in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_a_press_fetches_the_archive(page: str) -> None:
    answer = Client(enforce_csrf_checks=True).post(page)
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    with ZipFile(BytesIO(b"".join(answer.streaming_content))) as archive:  # type: ignore[attr-defined]
        assert b"alice@gmail.com" in archive.read("profile.csv")


def test_after_seven_days_it_is_over(page: str) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert Client().get(page).status_code == 410
        assert Client().post(page).status_code == 410


def test_nobody_guesses_one(page: str) -> None:
    assert Client().post(f"{page[:-1]}x").status_code == 404
