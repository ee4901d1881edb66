"""Warm-ups in a real browser: readable by everybody, usable on a phone, steered with a confirmation."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.services.permission import SENDWELL
from deliverability.models import WarmupPlan
from deliverability.services.warmup import start_plan
from tests.browser.looks import every_look
from tests.browser.web.conftest import Visit, scrolls_sideways, small_targets, violations
from tests.factories.deliverability import DeliveryBatchFactory, MailingFactory
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def plan() -> WarmupPlan:
    mailing = MailingFactory.create()
    plan = start_plan(actor=SENDWELL, provider_id=mailing.stream.provider_id, curve="aggressive")
    today = timezone.now().date()
    plan.days.filter(mailbox_provider="yahoo").update(phase="paused", cap=0, resumes_on=today + timedelta(days=3))
    plan.days.filter(mailbox_provider="google").update(step=4, cap=5_000)
    for ahead in (1, 2):
        day = plan.days.get(mailbox_provider="google", day=today)
        day.pk, day.day, day.sent, day.verdict = None, today - timedelta(days=ahead), 1_000, "healthy"
        day.why = "Healthy: of 1,000, 4 bounced and 12 were put off; complaints are not reported here."
        day.save()
    DeliveryBatchFactory.create(mailing=mailing, recipient_ids=list(range(9_000)))
    return plan


@every_look
def test_every_page_of_it_is_accessible(visit: Visit, plan: WarmupPlan, width: int, theme: str) -> None:
    subscribed(MailingListFactory.create())
    page = visit(reverse("warmups"), width=width, theme=theme)
    for path in (reverse("warmups"), reverse("warmup", args=[plan.pk]), reverse("warmup-new")):
        page.goto(page.url.partition("/deliverability")[0] + path)
        assert (path, violations(page), small_targets(page)) == (path, [], [])
        assert not scrolls_sideways(page), path


def test_pausing_asks_first_and_resuming_goes_on(visit: Visit, plan: WarmupPlan) -> None:
    page = visit(reverse("warmup", args=[plan.pk]))
    page.get_by_role("button", name="Pause…").click()
    page.get_by_role("button", name="Keep it as it is").click()
    plan.refresh_from_db()
    assert plan.state == "running"
    page.get_by_role("button", name="Pause…").click()
    page.get_by_role("dialog").get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_text("Nothing leaves through this way out")).to_be_visible()
    page.get_by_role("button", name="Resume", exact=True).click()
    expect(page.get_by_text("It goes on where it was")).to_be_visible()
    page.get_by_role("button", name="Step back with Gmail").click()
    page.get_by_role("dialog").get_by_role("button", name="Step back", exact=True).click()
    expect(page.get_by_text("at most half as much from now on")).to_be_visible()
    assert plan.days.get(mailbox_provider="google", day=timezone.now().date()).cap == 2_000


def test_looking_at_a_curve_shows_what_it_means_before_anything_begins(visit: Visit) -> None:
    subscribed(MailingListFactory.create(name="News"))
    page = visit(reverse("warmup-new"))
    page.get_by_role("radio", name="Aggressive").check()
    page.get_by_role("button", name="Show the forecast").click()
    expect(page.get_by_role("img", name="From 200 messages on the first day to 1,250,000 on day 21")).to_be_visible()
    assert not WarmupPlan.objects.exists()
