"""Tests of a template by itself: the preview, delivered."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services.permission import SENDWELL
from accounts.types import Role
from campaigns.errors import TestRefused
from campaigns.models import TestSend
from campaigns.services.send_test import send_template_test
from deliverability.models import DeliveryBatch, Mailing
from deliverability.queries import tokens
from deliverability.queries.streams import mailing_brief
from deliverability.services.composers import composer_for
from deliverability.types import OutgoingMessage
from subscribers.queries.contacts.merge_fields import sample_values
from subscribers.types import FIRST_TEST_RECIPIENT
from templates_app.services.preview import example_links, preview
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.deliverability import StreamFactory
from tests.factories.templates_app import SOURCE, TemplateFactory
from tests.templates_app.content import body_of, parsed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def organisation() -> None:
    OrganisationFactory.create()


def test_what_arrives_is_what_the_preview_showed() -> None:
    stream = StreamFactory.create()
    template = TemplateFactory.create(subject="Hello {{ contact.first_name }}", preheader="Three lots")
    test = send_template_test(template_id=template.pk, address="boss@huila.example", actor=SENDWELL)
    batch = DeliveryBatch.objects.get(recipient_ids=[FIRST_TEST_RECIPIENT + test.pk])
    mailing = mailing_brief(batch.mailing_id)
    [message] = composer_for(mailing.composer).compose(mailing, batch.recipient_ids)
    assert isinstance(message, OutgoingMessage)
    arrived = parsed(message.data)
    shown = preview(
        source=SOURCE, subject=template.subject, preheader=template.preheader, contact_values=sample_values()
    )
    token = tokens.sign(mailing.id, batch.recipient_ids[0])
    links = example_links()

    def as_sent(text: str) -> str:
        unsubscribe = links.unsubscribe_url.replace("/u/preview", f"/u/{token}")
        preferences = links.preferences_url.replace("/p/preview", f"/p/{token}")
        return text.replace(links.unsubscribe_url, unsubscribe).replace(links.preferences_url, preferences)

    assert body_of(arrived, "html") == as_sent(shown.html)
    assert body_of(arrived, "plain") == as_sent(shown.text)
    assert arrived["Subject"] == f"[Test] {shown.subject}"
    assert arrived["To"] == "boss@huila.example"
    assert arrived["From"] == f"Huila & Sons <{stream.from_email}>"
    assert arrived["List-Unsubscribe-Post"]


def test_the_drawer_sends_to_me_unless_i_say_otherwise(client: Client) -> None:
    StreamFactory.create()
    template = TemplateFactory.create()
    user = UserFactory.create(role=Role.DEVELOPER)
    client.force_login(user)
    url = reverse("template-test", args=[template.pk])
    assert f'value="{user.email}"' in client.get(url).content.decode()
    answer = client.post(url, {"address": "ada@example.org"}, headers={"HX-Request": "true"})
    assert "close-drawer" in answer["HX-Trigger"]
    assert "A test is on its way to ada@example.org, as version 1." in answer["HX-Trigger"].encode().decode(
        "unicode_escape"
    )
    assert TestSend.objects.get().requested_by == str(user)


@pytest.mark.parametrize(
    ("source", "address", "words"),
    [
        (SOURCE.replace("mj-button", "mj-butten"), "ada@example.org", "Line 6: &lt;mj-butten&gt; is not an MJML tag."),
        (SOURCE, "nobody", "“nobody” is not an e-mail address, so no test was sent."),
    ],
)
def test_what_is_in_the_way_is_said_in_the_drawer(client: Client, source: str, address: str, words: str) -> None:
    StreamFactory.create()
    client.force_login(UserFactory.create(role=Role.MARKETER))
    url = reverse("template-test", args=[TemplateFactory.create(source=source).pk])
    assert words in client.post(url, {"address": address}).content.decode()
    assert not Mailing.objects.exists()


def test_without_a_marketing_stream_nothing_is_sent() -> None:
    template = TemplateFactory.create()
    with pytest.raises(TestRefused, match="No marketing stream"):
        send_template_test(template_id=template.pk, address="boss@huila.example", actor=SENDWELL)
