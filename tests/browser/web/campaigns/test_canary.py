"""A canary on the report: over real SMTP, refused by one mailbox provider, decided by a person."""

import pytest
from playwright.sync_api import expect

from campaigns.models import Campaign
from campaigns.services.follow import follow_pauses
from deliverability.models import Event
from deliverability.services.guarding import guard_rates, watch_canaries
from deliverability.types import EventKind
from subscribers.models import Contact
from tests.browser.looks import every_look
from tests.browser.web.campaigns.conftest import PostOffice, address
from tests.browser.web.conftest import Visit, scrolls_sideways, small_targets, violations
from tests.factories.campaigns import sending
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BLOCKED = "550 5.7.1 Message rejected as spam because of its content"


@pytest.fixture
def few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """A canary of ten among twenty, so that the test need not send thousands."""
    monkeypatch.setattr("deliverability.services.outbox.LEAST_PEOPLE", 20)
    monkeypatch.setattr("deliverability.services.outbox.LEAST_CANARY", 10)


@pytest.fixture
def stopped(few_are_enough: None, post_office: PostOffice) -> Campaign:
    """Twenty at Outlook refuse us, twenty at GMX do not; the canaries are through."""
    news = MailingListFactory.create()
    for number in range(20):
        subscribed(news, email=f"person{number}@outlook.com")
        subscribed(news, email=f"person{number}@gmx.de")
    post_office.server.on_data = lambda rcpt: BLOCKED if rcpt.endswith("outlook.com") else None
    campaign = sending(mailing_list=news, canary_percent=10)
    post_office.work()
    watch_canaries()
    return Campaign.objects.get(pk=campaign.pk)


def test_the_rest_waits_where_the_canary_was_refused_until_a_person_decides(
    visit: Visit, post_office: PostOffice, stopped: Campaign
) -> None:
    assert len(post_office.server.recipients) == 10
    page = visit(address(stopped))
    card = page.locator("#canary")
    outlook = card.locator("li", has_text="Outlook")
    expect(outlook).to_contain_text("10 of 10 tries were refused because of us")
    expect(card.locator("li", has_text="GMX")).to_contain_text("the rest follows at")
    outlook.get_by_role("button", name="Leave the rest out").click()
    expect(page.get_by_role("alert").or_(page.locator(".toast")).first).to_contain_text("The rest gets nothing")
    expect(card.locator("li", has_text="Outlook")).to_contain_text("Left out")
    card.locator("li", has_text="GMX").get_by_role("button", name="Send the rest now").click()
    expect(card.locator("li", has_text="GMX")).to_contain_text("The rest followed")
    post_office.work()
    assert sorted(post_office.server.recipients) == sorted(f"person{number}@gmx.de" for number in range(20))
    page.reload()
    expect(page.locator(".page-head .badge")).to_have_text("Sent")
    left_out = Contact.objects.get(email=next(iter(_unsent(stopped))))
    page.get_by_label("E-mail address").fill(left_out.email)
    page.get_by_role("button", name="Explain").click()
    expect(page.locator("#why")).to_contain_text("the canary had been stopped")


@every_look
def test_it_is_accessible_and_fits(visit: Visit, stopped: Campaign, width: int, theme: str) -> None:
    page = visit(address(stopped), width=width, theme=theme)
    expect(page.locator("#canary li")).to_have_count(2)
    assert violations(page) == []
    assert small_targets(page) == []
    assert not scrolls_sideways(page)


def test_a_campaign_that_a_guardrail_paused_says_why_and_resumes(visit: Visit, post_office: PostOffice) -> None:
    news = MailingListFactory.create()
    for number in range(120):
        subscribed(news, email=f"person{number}@gmx.de")
    post_office.server.on_rcpt = _some_refused
    campaign = sending(mailing_list=news)
    assert len(post_office.work()) == 90
    assert guard_rates() != []
    assert follow_pauses() == [campaign.pk]
    page = visit(address(campaign))
    expect(page.locator(".note.bad")).to_contain_text("20 of 110 bounced (18 %; the limit is 5 %)")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator(".note.bad")).to_have_count(0)


def _some_refused(rcpt: str) -> str | None:
    number = int(rcpt.removeprefix("person").partition("@")[0])
    if number < 20:
        return "550 5.1.1 No such user"
    return "450 4.2.1 Try again later" if number >= 110 else None


def _unsent(campaign: Campaign) -> list[str]:
    skipped = Event.objects.filter(mailing_id=campaign.mailing_id, kind=EventKind.SKIPPED, detail="canary")
    ids = skipped.values_list("recipient_id", flat=True)
    return list(Contact.objects.filter(pk__in=ids).values_list("email", flat=True))
