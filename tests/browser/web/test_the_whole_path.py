"""A marketer's whole path, from an empty installation to why one person got no mail: with the mouse, and without."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from campaigns.models import Campaign
from campaigns.services.finish import finish_sent
from campaigns.services.start import start_due
from deliverability import conf
from deliverability.services.dispatch import drain
from deliverability.types import StreamKind
from subscribers.services.imports import run_upload
from subscribers.tasks import import_file
from tests.browser.web.conftest import Visit
from tests.browser.web.hands import Hands, Keyboard, Mouse
from tests.smtp_server import SmtpServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "nine horses of one colour"
MIRA = "mira@huila.example"
PEOPLE = (
    "E-mail;First name;Last name;Brews with;Unsubscribed\n"
    "ada@gmail.com;Ada;Okafor;Aeropress;\n"
    "linus@gmx.de;Linus;Berg;Moka;\n"
    "gone@gmx.de;Greta;Holm;;\n"
    "tove@gmx.de;Tove;Lind;;yes\n"
    "not an address;Nobody;;;\n"
)


@dataclass
class Office:
    """What stands around the browser: the server that takes the mail, and the workers, whose turn the test calls."""

    server: SmtpServer
    people: Path
    imports: list[int]

    def work(self) -> None:
        while self.imports:
            run_upload(run_id=self.imports.pop())
        start_due()
        for kind in StreamKind:
            drain(kind=kind, owner=f"path-{kind.value}", seconds=10)
        finish_sent()

    def mail_to(self, address: str) -> list[EmailMessage]:
        received = [mail for mail in self.server.messages if mail.rcpt == [address]]
        return [message_from_bytes(mail.data, policy=policy.default) for mail in received]  # type: ignore[misc]


@pytest.fixture
def office(
    settings: LazySettings,
    live_server: LiveServer,
    smtp_server: SmtpServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Office:
    settings.BASE_URL = settings.TRACKING_URL = live_server.url
    settings.MEDIA_ROOT, settings.DATA_DIR = tmp_path / "media", tmp_path
    settings.SENDWELL = settings.SENDWELL | {"JOURNAL_DIR": tmp_path / "journal"}
    cache.clear()
    redis = conf.redis_client()
    if keys := redis.keys("sendwell:*"):
        redis.delete(*keys)
    smtp_server.on_rcpt = lambda rcpt: "550 5.1.1 No such user here" if rcpt == "gone@gmx.de" else None
    people = tmp_path / "people.csv"
    people.write_text(PEOPLE, encoding="utf-8")
    imports: list[int] = []
    monkeypatch.setattr(import_file, "delay", imports.append)
    return Office(smtp_server, people, imports)


def test_the_whole_path_with_the_mouse(visit: Visit, office: Office) -> None:
    walk(Mouse(visit("/", role="")), office)


def test_expectation_23_the_whole_path_by_keyboard_alone(visit: Visit, office: Office) -> None:
    walk(Keyboard(visit("/", role="")), office)


def walk(hands: Hands, office: Office) -> None:
    hands.page.set_default_timeout(10_000)
    set_up(hands, office)
    sign_out_and_in(hands)
    import_people(hands, office)
    write_a_template(hands)
    prepare_a_campaign(hands)
    send_a_test(hands, office)
    send_undo_and_send_again(hands, office)
    watch_it_finish(hands, office)
    find_out_who_got_it(hands)


def set_up(hands: Hands, office: Office) -> None:
    sees_title(hands, "Welcome to Sendwell")
    hands.write("First name", "Mira")
    hands.write("Last name", "Lang")
    hands.write("Your e-mail address", MIRA)
    hands.choose("Time zone", "Europe/Berlin")
    hands.write("Password", PASSWORD)
    hands.press("Continue")
    sees_title(hands, "Who sends?")
    hands.write("Name", "Huila & Sons")
    hands.write("Postal address", "Torstr. 1, 10119 Berlin")
    hands.press("Continue")
    sees_title(hands, "How does your mail leave?")
    hands.write("Your mail comes from", "news@huila.example")
    hands.write("Host", "127.0.0.1")
    hands.write("Port", str(office.server.port))
    hands.choose("Encryption", "No encryption")
    hands.press("Continue")
    sees_title(hands, "Does it arrive?")
    hands.press("Send me one")
    expect(hands.page.get_by_text("It works")).to_be_visible()
    assert len(office.mail_to(MIRA)) == 1
    hands.press("Open Sendwell", "link")
    sees_title(hands, "Huila & Sons")


def sign_out_and_in(hands: Hands) -> None:
    hands.press("Mira Lang Owner", "link")
    sees_title(hands, "Your profile")
    hands.press("Sign out")
    sees_title(hands, "Sign in")
    hands.write("E-mail", MIRA)
    hands.write("Password", PASSWORD)
    hands.press("Sign in")
    sees_title(hands, "Huila & Sons")


def import_people(hands: Hands, office: Office) -> None:
    # Home names the one next step.
    hands.press("Import contacts", "link")
    sees_title(hands, "Import contacts")
    hands.pick_file("Choose a file", office.people)
    expect(hands.page.locator("#upload-name")).to_contain_text("people.csv")
    hands.press("Upload")
    sees_title(hands, "people.csv")
    hands.choose("What Brews with becomes", "New: text")
    expect(hands.page.locator("#preview")).to_contain_text("brews_with: Aeropress")
    assert hands.page.locator(".own-fields .cut").first.evaluate("words => words.scrollWidth <= words.clientWidth")
    hands.choose("Subscribe them to", "A new list…")
    hands.write("Name of the new list", "The monthly roast")
    hands.write("Statement of consent", "Paper form at our stand, trade fair in Lyon, March 2026")
    hands.press("Start the import")
    expect(hands.page.get_by_text("Starts in a moment")).to_be_visible()
    office.work()
    expect(hands.page.get_by_text("3 people are newly subscribed to “The monthly roast”")).to_be_visible()
    expect(hands.page.get_by_text("not an address")).to_be_visible()


def write_a_template(hands: Hands) -> None:
    hands.go_to("Templates")
    sees_title(hands, "Templates")
    hands.press("New template", "link")
    hands.press("Start with Announcement")
    mail = hands.page.frame_locator("#stage iframe:not(.coming)")
    expect(mail.get_by_role("heading", name="Molino")).to_be_visible()
    hands.write("Name of the template", "Winter lots")
    hands.rewrite_in_code(
        "A hand grinder with forty clicks, one steel burr and no app.", "Three lots, roasted on Friday."
    )
    expect(mail.get_by_text("Three lots, roasted on Friday.")).to_be_visible()
    hands.press("Mobile")
    assert hands.page.locator("#stage iframe").last.evaluate("frame => frame.clientWidth") == 390
    hands.press("As a sample person")
    hands.write("A real contact", "ada")
    hands.press("Ada Okafor · ada@gmail.com")
    expect(mail.get_by_text("Ada, we spent three years")).to_be_visible()
    hands.press("Done", "link")
    expect(hands.page.get_by_role("link", name="Winter lots")).to_be_visible()


def prepare_a_campaign(hands: Hands) -> None:
    hands.go_to("Campaigns")
    sees_title(hands, "Campaigns")
    hands.press("New campaign", "link")
    hands.write("Name", "Winter coffees")
    hands.press("Begin")
    sees_title(hands, "Winter coffees")
    hands.choose("List", "The monthly roast")
    expect(hands.page.get_by_text("3 people would get it now")).to_be_visible()
    expect(hands.page.get_by_role("group", name="How an inbox shows it")).to_contain_text("Huila & Sons")
    hands.write("Subject", "Three lots for winter")
    hands.write("Preheader", "Roasted on Friday, at your door on Monday")
    hands.choose("Template", "Winter lots")
    expect(hands.page.locator("#checklist")).to_contain_text("Ready")
    with hands.page.context.expect_page() as opened:
        hands.press("Preview", "link")
    expect(opened.value.get_by_text("Three lots, roasted on Friday.")).to_be_visible()
    opened.value.close()


def send_a_test(hands: Hands, office: Office) -> None:
    hands.press("Send test")
    sees_title(hands, "Send a test")
    hands.press("Send test")
    expect(hands.page.get_by_role("status").filter(has_text=f"on its way to {MIRA}")).to_be_visible()
    office.work()
    test = office.mail_to(MIRA)[-1]
    assert test["Subject"] == "[Test] Three lots for winter"
    body = test.get_body(("html",))
    assert body is not None
    assert "Three lots, roasted on Friday." in body.get_content()


def send_undo_and_send_again(hands: Hands, office: Office) -> None:
    review_and_send(hands)
    hands.press("Undo")
    expect(hands.page.get_by_role("status").filter(has_text="nothing was sent")).to_be_visible()
    office.work()
    assert office.mail_to("ada@gmail.com") == []
    review_and_send(hands)


def review_and_send(hands: Hands) -> None:
    hands.press("Review and send")
    sees_title(hands, "Review")
    hands.press("Send to 3 people")
    sees_title(hands, re.compile("Sending starts in"))


def watch_it_finish(hands: Hands, office: Office) -> None:
    # The minute passes.
    Campaign.objects.update(starts_at=timezone.now())
    start_due()
    live = hands.page.locator("#live")
    expect(live).to_contain_text("of 3 attempted", timeout=10_000)
    office.work()
    expect(live).to_contain_text("Finished", timeout=10_000)
    expect(live).to_contain_text("Accepted 2")
    expect(live).to_contain_text("Refused 1")
    assert [mail["Subject"] for mail in office.mail_to("ada@gmail.com")] == ["Three lots for winter"]


def find_out_who_got_it(hands: Hands) -> None:
    for address, words in (
        ("ada@gmail.com", "accepted"),
        ("gone@gmx.de", "there is no such mailbox"),
        ("tove@gmx.de", "unsubscribed"),
    ):
        hands.write("E-mail address", address)
        hands.press("Explain")
        expect(hands.page.locator("#why")).to_contain_text(words)


def sees_title(hands: Hands, words: str | re.Pattern[str]) -> None:
    """The page or drawer with this heading is there."""
    expect(hands.page.get_by_role("heading", name=words, exact=isinstance(words, str))).to_be_visible()
