import re
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from deliverability.models import DeliveryBatch, Stream
from subscribers.models import ConsentRecord, ConsentWording, Contact, MailingList, SignUpForm, Subscription
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = pytest.mark.django_db
PATH = "/s/letters"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def kicks() -> Iterator[list[str]]:
    """What was asked of the broker; no worker listens in these tests."""
    asked: list[str] = []
    with patch("celery.current_app.send_task", side_effect=lambda name, **_: asked.append(name)):
        yield asked


def hidden(response: HttpResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', response.content.decode())
    assert found
    return found[1]


def fill_in(client: Client, clock: time_machine.Traveller, seconds: float = 5, **typed: Any) -> HttpResponse:
    """Open the form, take a while, and send it as a browser does."""
    ticket = hidden(client.get(PATH), "ticket")
    clock.shift(seconds)
    news = MailingListFactory.create(slug="news")
    return client.post(PATH, {"email": "alice@gmail.com", "lists": [news.pk], "ticket": ticket, **typed})


def test_a_sign_up_waits_in_the_ledger_and_one_mail_in_the_outbox(
    client: Client, form: SignUpForm, clock: Any, kicks: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = fill_in(client, clock, first_name="Alice", open_tracking="on")
    assert (response.status_code, response["Location"]) == (303, f"{PATH}/done")
    contact = Contact.objects.get()
    batch = DeliveryBatch.objects.get()
    assert (batch.recipient_ids, batch.stream.kind, batch.mailbox_provider) == ([contact.pk], "transactional", "google")
    assert (batch.mailing.composer, batch.mailing.reference) == ("double-opt-in", str(form.pk))
    entries = list(ConsentRecord.objects.order_by("pk"))
    assert [(entry.purpose, entry.action) for entry in entries] == [
        ("subscription", "requested"),
        ("open_tracking", "requested"),
    ]
    assert entries[0].wording == form.wording
    assert entries[1].wording is not None
    assert entries[1].wording.text.startswith("Huila & Sons may record when I open an email")
    assert (entries[0].source, entries[0].ip) == ("http://127.0.0.1:8000/s/letters", "127.0.0.1")
    assert not contact.tracks_opens
    assert kicks == ["deliverability.drain_transactional"]


def test_no_box_is_ticked_beforehand_and_the_exact_wording_is_shown(client: Client, form: SignUpForm) -> None:
    page = client.get(PATH).content.decode()
    assert page.count('type="checkbox"') == 4
    assert "checked" not in page
    assert form.wording.text.replace("&", "&amp;") in page


def test_a_single_list_needs_no_choice(client: Client, form: SignUpForm, clock: Any) -> None:
    form.lists.set([MailingList.objects.get(slug="offers")])
    assert fill_in(client, clock, lists=[]).status_code == 303
    assert Subscription.objects.get().mailing_list.slug == "offers"


def test_nobody_learns_who_is_known(client: Client, form: SignUpForm, clock: Any) -> None:
    subscribed(MailingList.objects.get(slug="news"), email="known@gmail.com")
    answers = [fill_in(client, clock, email=email) for email in ("known@gmail.com", "new@gmail.com")]
    robot = fill_in(client, clock, website="https://spam.example")
    told = {(answer.status_code, answer["Location"], answer.content) for answer in [*answers, robot]}
    assert len(told) == 1


def test_a_robot_that_fills_in_every_field_gets_nothing_done(client: Client, form: SignUpForm, clock: Any) -> None:
    fill_in(client, clock, website="https://spam.example")
    assert Contact.objects.count() == 0


def test_a_second_press_within_a_minute_sends_no_second_mail(client: Client, form: SignUpForm, clock: Any) -> None:
    fill_in(client, clock)
    DeliveryBatch.objects.update(state=DeliveryBatch.State.CLOSED)
    fill_in(client, clock)
    assert DeliveryBatch.objects.count() == 1
    fill_in(client, clock, seconds=61)
    assert DeliveryBatch.objects.count() == 2


def test_nobodys_mailbox_is_flooded(client: Client, form: SignUpForm, clock: Any) -> None:
    for _ in range(8):
        assert fill_in(client, clock, seconds=70).status_code == 303
        DeliveryBatch.objects.update(state=DeliveryBatch.State.CLOSED)
    assert DeliveryBatch.objects.count() == 5


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("", "Please enter your email address."),
        ("alice at gmail.com", "“alice at gmail.com” has no @"),
        ("alice@gmail", "We cannot send mail to “alice@gmail”"),
        ("a@b@gmail.com", "We cannot send mail to"),
        ("<script>@gmail.com", "We cannot send mail to “&lt;script&gt;@gmail.com”"),
    ],
)
def test_a_bad_address_is_named_and_nothing_typed_is_lost(
    client: Client, form: SignUpForm, clock: Any, email: str, words: str
) -> None:
    response = fill_in(client, clock, email=email, first_name="Zoë")
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert 'value="Zoë"' in page
    assert "checked" in page
    assert Contact.objects.count() == 0


def test_who_chooses_no_topic_is_asked_to(client: Client, form: SignUpForm, clock: Any) -> None:
    response = fill_in(client, clock, lists=[])
    assert response.status_code == 422
    assert "Please choose at least one topic." in response.content.decode()


def test_a_list_of_another_form_cannot_be_smuggled_in(client: Client, form: SignUpForm, clock: Any) -> None:
    assert fill_in(client, clock, lists=[MailingListFactory.create(slug="secret").pk]).status_code == 422
    assert Subscription.objects.count() == 0


def test_too_fast_is_asked_again_and_then_let_through(client: Client, form: SignUpForm, clock: Any) -> None:
    response = fill_in(client, clock, seconds=0.5)
    assert response.status_code == 422
    assert "That was quick!" in response.content.decode()
    assert Contact.objects.count() == 0
    clock.shift(2)
    news = MailingList.objects.get(slug="news").pk
    again = {"email": "alice@gmail.com", "lists": [news], "ticket": hidden(response, "ticket")}
    assert client.post(PATH, again).status_code == 303
    assert Contact.objects.count() == 1


@pytest.mark.parametrize("typed", [{"ticket": ""}, {"ticket": "W251bGxd.1tyXyz.forged"}])
def test_a_forged_or_missing_ticket_is_asked_again(
    client: Client, form: SignUpForm, clock: Any, typed: dict[str, str]
) -> None:
    response = fill_in(client, clock, **typed)
    assert response.status_code == 422
    assert Contact.objects.count() == 0


def test_whoever_saw_yesterdays_words_is_shown_todays(client: Client, form: SignUpForm, clock: Any) -> None:
    assert fill_in(client, clock, seconds=13 * 3600).status_code == 422
    ticket = hidden(client.get(PATH), "ticket")
    form.wording = ConsentWording.objects.create(name="newsletter", version=2, text="Yes, send me both letters.")
    form.save()
    clock.shift(5)
    response = client.post(PATH, {"email": "alice@gmail.com", "lists": [form.lists.all()[0].pk], "ticket": ticket})
    assert response.status_code == 422
    assert "Yes, send me both letters." in response.content.decode()
    assert hidden(response, "ticket") != ticket
    assert Contact.objects.count() == 0


def test_one_network_cannot_crowd_out_the_others(client: Client, form: SignUpForm, clock: Any) -> None:
    addresses = [f"2001:db8:5:9::{n}" for n in range(1, 23)]
    cache.delete("sign-up:2001:db8:5:9::/64")
    answers = []
    for number, address in enumerate(addresses):
        client.defaults["REMOTE_ADDR"] = address
        answers.append(fill_in(client, clock, email=f"person{number}@gmail.com").status_code)
    assert answers == [303] * 20 + [429, 429]
    client.defaults["REMOTE_ADDR"] = "2001:db8:5:a::1"
    cache.delete("sign-up:2001:db8:5:a::/64")
    assert fill_in(client, clock, email="neighbour@gmail.com").status_code == 303


def test_the_form_is_guarded_against_other_sites(form: SignUpForm, clock: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    assert fill_in(client, clock).status_code == 403
    page = client.get(PATH)
    clock.shift(5)
    typed = {name: hidden(page, name) for name in ("ticket", "csrfmiddlewaretoken")}
    news = MailingList.objects.get(slug="news").pk
    assert client.post(PATH, {"email": "alice@gmail.com", "lists": [news], **typed}).status_code == 303


def test_before_set_up_nothing_is_kept_and_the_page_says_why(client: Client, form: SignUpForm, clock: Any) -> None:
    Stream.objects.all().delete()
    response = fill_in(client, clock)
    assert response.status_code == 503
    assert "your sign-up was not kept" in response.content.decode()
    assert Contact.objects.count() == 0


def test_a_closed_or_unknown_form_says_so(client: Client, form: SignUpForm) -> None:
    SignUpForm.objects.update(is_open=False)
    assert client.get(PATH).status_code == client.post(PATH).status_code == client.get("/s/nothing").status_code == 404


def test_the_page_speaks_the_browsers_language_and_the_ledger_keeps_those_words(
    client: Client, form: SignUpForm, clock: Any
) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de-CH,de;q=0.9,en;q=0.5"
    page = client.get(PATH)
    assert page["Content-Language"] == "de"
    assert '<html lang="de">' in page.content.decode()
    fill_in(client, clock, click_tracking="on")
    assert Contact.objects.get().locale == "de"
    wording = ConsentRecord.objects.get(purpose="click_tracking").wording
    assert wording is not None
    assert (wording.locale, "welchen Links" in wording.text) == ("de", True)


def test_a_slip_is_asked_about_once_and_taken_when_it_is_meant(client: Client, form: SignUpForm, clock: Any) -> None:
    answer = fill_in(client, clock, email="alice@gmial.com")
    assert answer.status_code == 422
    assert "Did you mean alice@gmail.com?" in answer.content.decode()
    assert not Contact.objects.exists()
    asked = hidden(answer, "asked_about")
    assert fill_in(client, clock, email="alice@gmial.com", asked_about=asked).status_code == 303
    assert Contact.objects.get().email == "alice@gmial.com"


def test_a_mailbox_for_one_use_is_refused(client: Client, form: SignUpForm, clock: Any) -> None:
    answer = fill_in(client, clock, email="alice@mailinator.com")
    assert answer.status_code == 422
    assert "mailbox for one use" in answer.content.decode()
    assert not Contact.objects.exists()
