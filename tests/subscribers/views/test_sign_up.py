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
from subscribers.models import (
    ConsentRecord,
    ConsentWording,
    Contact,
    CustomField,
    FormDay,
    MailingList,
    PendingSignUp,
    SignUpForm,
    Subscription,
)
from subscribers.queries.tokens import sign_confirmation
from subscribers.rules.suspicion import is_worked_out
from tests.factories.subscribers import ConsentWordingFactory, MailingListFactory, subscribed

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


def carried(page: HttpResponse) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode()))


def be_patient(client: Client, page: HttpResponse, **more: str) -> HttpResponse:
    """Press the button of the page that asks for a moment."""
    return client.post(PATH, carried(page) | more)


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
        answer = fill_in(client, clock, seconds=70)
        if answer.status_code == 200:
            clock.shift(11)
            assert be_patient(client, answer).status_code == 303
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
    answers = []
    for number, address in enumerate(addresses):
        client.defaults["REMOTE_ADDR"] = address
        answers.append(fill_in(client, clock, email=f"person{number}@gmail.com").status_code)
    assert answers == [303] * 5 + [200] * 15 + [429, 429]
    assert Contact.objects.count() == 5
    client.defaults["REMOTE_ADDR"] = "2001:db8:5:a::1"
    assert fill_in(client, clock, email="neighbour@gmail.com").status_code == 303


def test_a_server_that_listens_on_ipv6_still_tells_ipv4_networks_apart(
    client: Client, form: SignUpForm, clock: Any
) -> None:
    answers = []
    for number in range(1, 9):
        client.defaults["REMOTE_ADDR"] = f"::ffff:192.0.2.{number}"
        answers.append(fill_in(client, clock, email=f"person{number}@gmail.com").status_code)
    assert answers == [303] * 8


def test_a_form_on_another_site_starts_with_a_look_at_our_words(form: SignUpForm, clock: Any) -> None:
    """Without a cookie and without our ticket; the ledger then names the site where it began."""
    client = Client(enforce_csrf_checks=True, headers={"Origin": "https://shop.huila.example"})
    news = MailingList.objects.get(slug="news").pk
    page = client.post(PATH, {"email": "alice@gmail.com", "first_name": "Alice", "lists": [news]})
    assert page.status_code == 200
    assert 'value="alice@gmail.com"' in page.content.decode()
    assert not Contact.objects.exists()
    clock.shift(5)
    ticket = hidden(page, "ticket")
    ours = Client(enforce_csrf_checks=True, headers={"Origin": "http://testserver"})
    answer = ours.post(PATH, {"email": "alice@gmail.com", "lists": [news], "ticket": ticket})
    assert answer.status_code == 303
    said = ConsentRecord.objects.get(purpose="subscription")
    assert (said.action, said.source) == (
        "requested",
        "http://127.0.0.1:8000/s/letters embedded on https://shop.huila.example",
    )


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


def test_a_robot_that_posts_straight_gets_nowhere(client: Client, form: SignUpForm, clock: Any) -> None:
    news = MailingList.objects.get(slug="news").pk
    for number in range(20):
        client.post(PATH, {"email": f"victim{number}@gmail.com", "lists": [news]})
        client.post(PATH, {"email": f"victim{number}@gmail.com", "lists": [news], "check": "made.up", "proof": "1"})
    assert (Contact.objects.count(), DeliveryBatch.objects.count()) == (0, 0)


def test_one_page_signs_up_one_person_and_a_second_one_costs_a_moment(
    client: Client, form: SignUpForm, clock: Any
) -> None:
    ticket = hidden(client.get(PATH), "ticket")
    clock.shift(5)
    typed = {"lists": [MailingList.objects.get(slug="news").pk], "ticket": ticket}
    assert client.post(PATH, {**typed, "email": "a@gmail.com"}).status_code == 303
    page = client.post(PATH, {**typed, "email": "b@gmail.com"})
    assert page.status_code == 200
    assert "script-src 'self'" in page["Content-Security-Policy"]
    early = be_patient(client, page)
    assert early.status_code == 422
    assert "too soon" in early.content.decode()
    clock.shift(11)
    assert be_patient(client, early, email="c@gmail.com").status_code == 200  # signed for another address
    assert be_patient(client, early).status_code == 303
    assert be_patient(client, early).status_code == 200  # good for one time
    assert set(Contact.objects.values_list("email", flat=True)) == {"a@gmail.com", "b@gmail.com"}


def test_work_stands_in_for_patience(client: Client, form: SignUpForm, clock: Any) -> None:
    cache.set(f"sign-up:form:{form.pk}", 500, 60)
    page = fill_in(client, clock)
    token = hidden(page, "check")
    answer = next(str(n) for n in range(1 << 22) if is_worked_out(token, str(n)))
    assert be_patient(client, page, proof="-1").status_code == 422
    assert be_patient(client, page, proof=answer).status_code == 303
    assert Contact.objects.count() == 1


def test_many_sign_ups_at_one_domain_cost_a_moment_each(client: Client, form: SignUpForm, clock: Any) -> None:
    cache.set("sign-up:domain:huila.example", 20, 60)
    assert fill_in(client, clock, email="a@huila.example").status_code == 200
    assert fill_in(client, clock, email="a@gmail.com").status_code == 303


def test_the_form_asks_for_custom_fields_and_keeps_them_until_the_mailbox_answers(
    client: Client, form: SignUpForm, clock: Any
) -> None:
    CustomField.objects.create(key="city", label="City", kind="text")
    CustomField.objects.create(key="cups", label="Cups a day", kind="number")
    SignUpForm.objects.update(fields=[["city", True], ["cups", False], ["gone", True]])
    answer = fill_in(client, clock, **{"field-cups": "many"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Please fill this in." in page
    assert "We could not read this." in page
    assert fill_in(client, clock, **{"field-city": "Berlin", "field-cups": "3"}).status_code == 303
    contact = Contact.objects.get()
    assert (contact.attributes, PendingSignUp.objects.get().values) == ({}, {"city": "Berlin", "cups": 3})
    requests = list(ConsentRecord.objects.values_list("pk", flat=True))
    token = sign_confirmation(contact_id=contact.pk, form_id=form.pk, request_ids=requests)
    client.post(f"/c/{token}")
    contact.refresh_from_db()
    assert contact.attributes == {"city": "Berlin", "cups": 3}
    assert not PendingSignUp.objects.exists()
    assert FormDay.objects.values_list("signed_up", "confirmed").get() == (1, 1)


def test_a_form_speaks_its_own_words_in_each_language_it_has(client: Client, form: SignUpForm, clock: Any) -> None:
    words = ConsentWordingFactory.create(locale="de", text="Ja, schickt mir die Briefe.")
    form.translations.create(locale="de", title="Unsere Briefe", thanks="Bis bald!", wording=words)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    page = client.get(PATH).content.decode()
    assert "Unsere Briefe" in page
    assert "Ja, schickt mir die Briefe." in page
    assert fill_in(client, clock).status_code == 303
    assert ConsentRecord.objects.get().wording == words
    assert "Bis bald!" in client.get(f"{PATH}/done").content.decode()
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    assert "Our letters" in client.get(PATH).content.decode()
