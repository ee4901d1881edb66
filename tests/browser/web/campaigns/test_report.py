"""The report: who stands behind each number, and why somebody did not get it."""

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from campaigns.models import Campaign
from deliverability.models import DeliveryBatch, Suppression
from deliverability.services.events import append_events
from deliverability.types import AgentKind, EventKind, NewEvent, Scope
from subscribers.models import Contact
from tests.browser.web.campaigns.conftest import PostOffice, accepted, address
from tests.browser.web.conftest import Visit
from tests.factories.campaigns import sending
from tests.factories.subscribers import subscribed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def answer(page: Page, email: str) -> str:
    """What the report says about one person."""
    page.locator("#why").evaluate("element => element.replaceChildren()")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Explain").click()
    return page.locator("#why .why-sentence").inner_text()


def test_expectation_14_every_missing_recipient_is_explained(visit: Visit, post_office: PostOffice) -> None:
    got_it, unsubscribed, blocked, unknown, left = (
        subscribed(email=f"{name}@gmail.com") for name in ("got", "unsubscribed", "blocked", "unknown", "left")
    )
    unsubscribed.subscriptions.update(state="unsubscribed")
    Suppression.objects.create(address_key=blocked.address_key, scope=Scope.MARKETING, reason="complaint")
    campaign = sending()
    late = subscribed(email="late@gmail.com")
    left.subscriptions.update(state="unsubscribed")
    post_office.server.on_rcpt = lambda rcpt: "550 5.1.1 No such user" if rcpt == unknown.email else None
    assert post_office.work() == [got_it.email]
    page = visit(address(campaign))
    expect(page.locator(".page-head .badge")).to_have_text("Sent")
    because = {
        unsubscribed: "because they had unsubscribed from this list",
        blocked: "because the address is suppressed",
        unknown: "because there is no such mailbox",
        left: "because they were no longer subscribed to this list",
        late: "They were not on “News” when sending started",
    }
    for person, words in because.items():
        assert words in answer(page, person.email), person.email
    assert "No contact has the address nobody@gmail.com" in answer(page, "nobody@gmail.com")
    answer(page, unknown.email)
    expect(page.locator("#why code")).to_contain_text("550 5.1.1 No such user")
    # Everybody of the list stands behind one of the numbers.
    counted = page.locator(".reasons a, .legend li:not(:first-child) a")
    missing = [email for link in _targets(counted.all()) for email in _people(page, link)]
    assert sorted(missing) == sorted(one.email for one in (unsubscribed, blocked, unknown, left))


def test_every_number_leads_to_its_people(visit: Visit, live: Campaign) -> None:
    accepted(live)
    first, second, third = Contact.objects.order_by("pk")
    humans = {"link": 0, "agent_kind": AgentKind.HUMAN}
    _happened(live, first, EventKind.CLICKED, **humans)
    _happened(live, first, EventKind.OPENED, agent_kind=AgentKind.HUMAN)
    _happened(live, second, EventKind.COMPLAINED)
    _happened(live, third, EventKind.BOUNCED, code=550, detail="5.2.1")
    page = visit(address(live))
    behind = {
        "Delivered": (["2 of 3 tried", "66.7%"], [first, second]),
        "Opened": (["1 of 2 delivered", "50.0%"], [first]),
        "Clicked": (["1 of 2 delivered", "50.0%"], [first]),
        "Unsubscribed": (["0 of 2 delivered", "0.00%"], []),
        "Bounced": (["1 of 3 tried", "33.3%"], [third]),
        "Reported as spam": (["1 of 2 delivered", "50.0%"], [second]),
    }
    figures = page.locator("a.figure")
    targets = _targets(figures.all())
    for index, (label, (words, _)) in enumerate(behind.items()):
        for said in (label, *words):
            expect(figures.nth(index)).to_contain_text(said)
    by_provider = _targets(page.get_by_role("region", name="By mailbox provider").locator("td a").all())
    by_link = _targets(page.locator(".links td a").all())
    for target, (_, people) in zip(targets, behind.values(), strict=True):
        assert _people(page, target) == [one.email for one in people], target
    assert [len(_people(page, target)) for target in by_provider] == [3, 2, 1, 1]
    assert [_people(page, target) for target in by_link] == [[first.email], [first.email]]


def test_the_click_map_shows_badges_on_the_mail(visit: Visit, live: Campaign) -> None:
    accepted(live)
    page = visit(address(live))
    frame = page.frame_locator("iframe.click-map")
    page.locator("iframe.click-map").scroll_into_view_if_needed()
    badge = frame.locator(".sendwell-badge").first
    expect(badge).to_have_text("0")
    covered = """badge => {
        const box = badge.getBoundingClientRect(), words = document.createRange();
        words.setStartAfter(badge);
        words.setEndAfter(badge.parentElement.lastChild);
        return [...words.getClientRects()].some((each) => each.left < box.right && each.right > box.left
            && each.top + 4 < box.bottom && each.bottom > box.top);
    }"""
    assert not badge.evaluate(covered)


def _happened(campaign: Campaign, person: Contact, kind: EventKind, **about: object) -> None:
    mailing = DeliveryBatch.objects.values_list("mailing_id", flat=True)[0]
    append_events([NewEvent(timezone.now(), kind, mailing, person.pk, person.mailbox_provider, **about)])  # type: ignore[arg-type]


def _targets(links: list[Locator]) -> list[str]:
    return [str(link.get_attribute("href")) for link in links]


def _people(page: Page, target: str) -> list[str]:
    """Whom the page behind a number names."""
    page.goto(page.url.split("/campaigns")[0] + target)
    return page.locator("tbody td:first-child a").all_inner_texts()
