from datetime import timedelta
from unittest.mock import patch

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from deliverability.models import DeliveryBatch
from subscribers.models import ConsentRecord, Contact, SignUpForm, Subscription
from subscribers.queries.tokens import sign_confirmation
from subscribers.services.subscriptions import request_subscription, unsubscribe_all
from subscribers.types import Origin

pytestmark = pytest.mark.django_db
ORIGIN = Origin(source="https://huila.example/s/letters", actor="the person")


def asked(form: SignUpForm, locale: str = "en") -> tuple[Contact, str]:
    """A person who asked for the first list, and the path in their mail."""
    contact_id = request_subscription(
        email="alice@gmail.com",
        mailing_list_ids=[form.lists.get(slug="news").pk],
        wording_id=form.wording_id,
        origin=ORIGIN,
        locale=locale,
    ).contact_id
    request_ids = list(ConsentRecord.objects.filter(contact_id=contact_id).values_list("pk", flat=True))
    token = sign_confirmation(contact_id=contact_id, form_id=form.pk, request_ids=request_ids)
    return Contact.objects.get(pk=contact_id), f"/c/{token}"


def test_looking_confirms_nothing(client: Client, form: SignUpForm) -> None:
    _contact, path = asked(form)
    for _ in range(2):
        page = client.get(path)
        assert page.status_code == 200
        assert "Confirm my subscription" in page.content.decode()
    client.head(path)
    assert Subscription.objects.get().state == "pending"
    assert ConsentRecord.objects.count() == 1


def test_the_button_confirms_once_and_leads_to_the_preferences(form: SignUpForm) -> None:
    contact, path = asked(form)
    client = Client(enforce_csrf_checks=True)
    for _ in range(2):
        response = client.post(path, HTTP_ORIGIN="null", HTTP_USER_AGENT="Firefox", REMOTE_ADDR="192.0.2.9")
        assert (response.status_code, response["Location"]) == (303, path)
    page = client.get(path).content.decode()
    assert "You are signed up" in page
    assert "News" in page
    granted = ConsentRecord.objects.get(action="granted")
    assert (granted.basis, granted.ip, granted.user_agent) == ("double_opt_in", "192.0.2.9", "Firefox")
    assert granted.source == "http://127.0.0.1:8000/c/"
    preferences = page.partition('class="button" href="')[2].partition('"')[0]
    assert "a•••e@gmail.com" in client.get(preferences).content.decode()
    assert contact.subscriptions.get().state == "subscribed"


def test_an_old_link_after_leaving_says_so_and_changes_nothing(client: Client, form: SignUpForm) -> None:
    contact, path = asked(form)
    client.post(path)
    unsubscribe_all(contact_id=contact.pk, origin=ORIGIN)
    client.post(path)
    assert contact.subscriptions.get().state == "unsubscribed"
    assert "This link was used before" in client.get(path).content.decode()


def test_an_expired_link_offers_a_new_mail_and_confirms_nothing(client: Client, form: SignUpForm) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=7, minutes=1), tick=False):
        contact, path = asked(form)
    page = client.get(path)
    assert page.status_code == 410
    assert "Send me a new link" in page.content.decode()
    with patch("celery.current_app.send_task"):
        response = client.post(path)
    assert (response.status_code, response["Location"]) == (303, "/s/letters/done")
    assert DeliveryBatch.objects.get().recipient_ids == [contact.pk]
    assert contact.subscriptions.get().state == "pending"


def test_an_expired_link_to_a_closed_form_offers_nothing(client: Client, form: SignUpForm) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=8), tick=False):
        _contact, path = asked(form)
    SignUpForm.objects.update(is_open=False)
    assert client.post(path).status_code == 410
    assert DeliveryBatch.objects.count() == 0


def test_a_forged_link_and_one_of_somebody_erased_are_kindly_refused(client: Client, form: SignUpForm) -> None:
    _contact, path = asked(form)
    gone = sign_confirmation(contact_id=404, form_id=form.pk, request_ids=[1])
    for unknown in (path[:-1] + ("A" if path[-1] != "A" else "B"), "/c/nonsense", f"/c/{gone}"):
        assert client.get(unknown).status_code == client.post(unknown).status_code == 404
    assert Subscription.objects.get().state == "pending"


def test_the_page_speaks_the_contacts_language_before_the_browsers(client: Client, form: SignUpForm) -> None:
    _contact, path = asked(form, locale="it")
    page = client.get(path, headers={"Accept-Language": "fr"})
    assert page["Content-Language"] == "it"
    assert "Conferma la mia iscrizione" in page.content.decode()
