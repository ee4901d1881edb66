"""The logo: only real pictures, named after their content, shown to everybody."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation
from tests.factories.accounts import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n and the rest"


@pytest.fixture(autouse=True)
def owner(client: Client, settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    OrganisationFactory.create()
    client.force_login(UserFactory.create(role="owner"))


def upload(client: Client, content: bytes, name: str = "logo.png") -> str:
    """What the page says afterwards."""
    given = {"logo": SimpleUploadedFile(name, content)}
    return client.post(reverse("settings-organisation-logo"), given, follow=True).content.decode()


def test_a_logo_is_shown_to_everybody_and_may_be_kept(client: Client) -> None:
    upload(client, PNG)
    answer = Client().get(reverse("logo", args=[Organisation.objects.get().logo_name]))
    assert b"".join(answer) == PNG
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert "immutable" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "logo.svg"),
        (b"<html>", "logo.png"),
        (PNG + b"x" * 1_000_000, "logo.png"),
    ],
)
def test_what_is_no_small_picture_is_refused_in_words(client: Client, content: bytes, name: str) -> None:
    assert "Choose a PNG, JPEG or WebP file" in upload(client, content, name)
    assert Organisation.objects.get().logo == ""


def test_a_logo_can_go(client: Client) -> None:
    upload(client, PNG)
    client.post(reverse("settings-organisation-logo"), {"remove": "yes"})
    assert Organisation.objects.get().logo == ""


@pytest.mark.parametrize("name", ["x.png", "0" * 64 + ".png", "..%2fsecret_key"])
def test_nothing_else_is_read(client: Client, name: str) -> None:
    assert client.get(f"/logo/{name}").status_code == 404


def test_the_public_pages_wear_it(client: Client) -> None:
    upload(client, PNG)
    page = Client().get(reverse("preferences", args=["x" * 24])).content.decode()
    assert reverse("logo", args=[Organisation.objects.get().logo_name]) in page
