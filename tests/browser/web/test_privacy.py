"""Privacy requests, retention and the records of processing, as somebody of the privacy role works with them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.services.permission import SENDWELL
from subscribers.models import Contact, PrivacyRequest
from subscribers.services.rights import open_request, restrict
from subscribers.types import RequestKind
from tests.browser.looks import every_look
from tests.browser.web.conftest import Visit, scrolls_sideways, small_targets, violations
from tests.factories.accounts import OrganisationFactory
from tests.factories.deliverability import ProviderFactory, StreamFactory
from tests.factories.subscribers import subscribed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "aurelia.konstantinopoulou-featherstonehaugh.newsletter@subdomain.of.a.very.long.company.example"


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = settings.DATA_DIR = tmp_path


@pytest.fixture
def queue() -> dict[str, PrivacyRequest]:
    """One of each urgency, by kind."""
    OrganisationFactory.create()
    StreamFactory.create(slug="transactional", provider=ProviderFactory.create(name="Relay of Lyon"))
    people = [
        (RequestKind.ERASURE, subscribed(first_name="Ada", last_name="Lovelace", country="DE"), 33),
        (RequestKind.EXPORT, subscribed(email=LONG, country="US"), 40),
        (RequestKind.CORRECTION, subscribed(first_name="Linus"), 1),
    ]
    made = {
        kind: open_request(
            contact_id=contact.pk,
            kind=kind,
            source="A mail to privacy@huila.example",
            actor=SENDWELL,
            details="Please look into what you hold of me. I have asked you twice on the telephone.",
            received_at=timezone.now() - timedelta(days=days),
        )
        for kind, contact, days in people
    }
    open_request(contact_id=None, kind=RequestKind.EXPORT, source="A letter", actor=SENDWELL, address="who@example.net")
    return made


@pytest.fixture
def places(queue: dict[str, PrivacyRequest]) -> dict[str, str]:
    """Every screen of this part with something on it, by name."""
    contact = subscribed(first_name="Tove")
    restrict(contact_id=contact.pk, actor=SENDWELL)
    return {
        "queue": reverse("privacy-requests"),
        "one": reverse("privacy-request", args=[queue[RequestKind.EXPORT].pk]),
        "new": reverse("privacy-request-new"),
        "retention": reverse("settings-retention") + "?count",
        "processing": reverse("settings-processing"),
        "restricted": reverse("contact", args=[contact.pk]),
    }


@every_look
def test_every_screen_is_fit_to_be_read(visit: Visit, places: dict[str, str], width: int, theme: str) -> None:
    for name, path in places.items():
        page = visit(path, role="privacy", width=width, theme=theme)
        expect(page.locator("h1")).to_be_visible()
        assert not scrolls_sideways(page), name
        assert violations(page) == [], name
        assert small_targets(page) == [], name


def test_an_erasure_by_keyboard_asks_for_a_word_that_nobody_types_by_accident(
    visit: Visit, queue: dict[str, PrivacyRequest]
) -> None:
    page = visit(reverse("privacy-requests"), role="privacy")
    page.get_by_role("link", name="Ada Lovelace").press("Enter")
    page.get_by_role("button", name="Erase them…").press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Erase this person for good?")).to_be_visible()
    assert violations(page) == []
    word = dialog.get_by_label("Type ERASE")
    word.fill("erase")
    word.press("Enter")
    # The browser itself holds it back; nothing was sent.
    expect(dialog).to_be_visible()
    word.fill("ERASE")
    word.press("Enter")
    expect(page.get_by_role("heading", name="Erasure: Somebody erased")).to_be_visible()
    expect(page.get_by_text("Erased the person and all that we held of them.")).to_be_visible()
    assert not Contact.objects.filter(first_name="Ada").exists()


def test_their_data_are_sent_with_one_press(visit: Visit, queue: dict[str, PrivacyRequest]) -> None:
    request = queue[RequestKind.EXPORT]
    page = visit(reverse("privacy-request", args=[request.pk]), role="privacy", width=390)
    page.get_by_role("button", name="Send them their data…").click()
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text("which works for seven days")).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download the archive").click()
    assert downloading.value.suggested_filename.endswith(".zip")
