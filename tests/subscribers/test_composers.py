from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

import pytest

from deliverability.queries.streams import mailing_brief
from deliverability.services.composers import composer_for
from deliverability.services.suppression import suppress
from deliverability.types import OutgoingMessage, Scope, Skipped, SkipReason, SuppressionReason
from subscribers.models import ConsentRecord, Contact, SignUpForm
from subscribers.queries.tokens import read_confirmation
from subscribers.services.subscriptions import confirm_subscription, request_subscription
from subscribers.services.waiting import COMPOSER
from subscribers.types import Origin
from tests.factories.accounts import OrganisationFactory
from tests.factories.deliverability import MailingFactory, StreamFactory
from tests.factories.subscribers import ConsentWordingFactory, ContactFactory, MailingListFactory

pytestmark = pytest.mark.django_db
ORIGIN = Origin(source="https://huila.example/s/news", actor="the person")


@pytest.fixture
def form() -> SignUpForm:
    OrganisationFactory.create()
    form = SignUpForm.objects.create(slug="news", title="News", wording=ConsentWordingFactory.create())
    form.lists.set([MailingListFactory.create(slug="news"), MailingListFactory.create(slug="offers")])
    return form


def ask(form: SignUpForm, email: str = "alice@gmail.com", locale: str = "en") -> int:
    return request_subscription(
        email=email,
        mailing_list_ids=[form.lists.order_by("slug")[0].pk],
        wording_id=form.wording_id,
        origin=ORIGIN,
        first_name="Buy now at evil.example",
        locale=locale,
    ).contact_id


def compose(form: SignUpForm, *recipient_ids: int, reminder: str = "") -> list[OutgoingMessage | Skipped]:
    stream = StreamFactory.create(slug="transactional")
    mailing = MailingFactory.create(stream=stream, composer=COMPOSER, reference=f"{form.pk}{reminder}")
    return list(composer_for(COMPOSER).compose(mailing_brief(mailing.pk), recipient_ids))


def parse(message: OutgoingMessage | Skipped) -> EmailMessage:
    assert isinstance(message, OutgoingMessage)
    return cast(EmailMessage, message_from_bytes(message.data, policy=policy.default))


def text_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def link_in(text: str) -> str:
    return next(word for word in text.split() if "/c/" in word).strip("<>()[]")


def test_the_mail_asks_for_one_press_in_plain_text_and_html(form: SignUpForm) -> None:
    contact_id = ask(form)
    [message] = compose(form, contact_id)
    mail = parse(message)
    assert (mail["To"], mail["Auto-Submitted"], mail["List-Unsubscribe"]) == ("alice@gmail.com", "auto-generated", None)
    assert mail["From"] == "Huila & Sons <hello@transactional.huila.example>"
    assert mail["Subject"] == "Please confirm: emails from Huila & Sons"
    for kind in ("plain", "html"):
        text = text_of(mail, kind)
        assert "News" in text
        assert "Offers" not in text
        assert "Torstraße 1" in text
        assert "evil.example" not in text
    link = read_confirmation(link_in(text_of(mail, "plain")).rpartition("/")[2])
    assert link is not None
    assert (link.contact_id, link.form_id, link.is_expired) == (contact_id, form.pk, False)
    assert list(link.request_ids) == list(ConsentRecord.objects.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("de-AT", "Ja, anmelden"),
        ("fr", "Oui, je m’inscris"),
        ("es_MX", "Sí, quiero suscribirme"),
        ("it", "Sì, iscrivimi"),
        ("pl", "Yes, sign me up"),
    ],
)
def test_the_mail_speaks_the_contacts_language(form: SignUpForm, locale: str, words: str) -> None:
    [message] = compose(form, ask(form, locale=locale))
    mail = parse(message)
    assert words in text_of(mail, "html")
    assert words in text_of(mail, "plain")


def test_names_of_lists_cannot_smuggle_markup_in(form: SignUpForm) -> None:
    form.lists.update(name='<a href="https://evil.example">News</a>')
    [message] = compose(form, ask(form))
    assert "&lt;a href=" in text_of(parse(message), "html")


def test_whoever_cannot_or_need_not_be_asked_is_skipped_with_the_reason(form: SignUpForm) -> None:
    suppressed, answered = ask(form, "bounced@gmail.com"), ask(form, "alice@gmail.com")
    suppress(addresses=["bounced@gmail.com"], scope=Scope.EVERYTHING, reason=SuppressionReason.HARD_BOUNCE)
    request_ids = ConsentRecord.objects.filter(contact_id=answered).values_list("pk", flat=True)
    confirm_subscription(contact_id=answered, request_ids=list(request_ids), origin=ORIGIN)
    stranger = ContactFactory.create().pk
    assert compose(form, 404, suppressed, answered, stranger) == [
        Skipped(404, SkipReason.GONE),
        Skipped(suppressed, SkipReason.SUPPRESSED),
        Skipped(answered, SkipReason.NOT_SUBSCRIBED),
        Skipped(stranger, SkipReason.NOT_SUBSCRIBED),
    ]


def test_an_unsubscribe_from_marketing_does_not_keep_the_question_away(form: SignUpForm) -> None:
    contact_id = ask(form)
    address = Contact.objects.get(pk=contact_id).email
    suppress(addresses=[address], scope=Scope.MARKETING, reason=SuppressionReason.UNSUBSCRIBE)
    [message] = compose(form, contact_id)
    assert isinstance(message, OutgoingMessage)


def test_a_reminder_says_so_and_never_goes_to_whoever_left(form: SignUpForm) -> None:
    asked, left = ask(form), ask(form, "left@gmail.com")
    suppress(addresses=["left@gmail.com"], scope=Scope.MARKETING, reason=SuppressionReason.UNSUBSCRIBE)
    message, skipped = compose(form, asked, left, reminder="/1")
    mail = parse(message)
    assert mail["Subject"].startswith("Still waiting for you")
    assert read_confirmation(link_in(text_of(mail, "plain")).rpartition("/")[2])
    assert skipped == Skipped(left, SkipReason.SUPPRESSED)


def test_no_question_promises_fewer_mails_than_the_policy_may_send(form: SignUpForm) -> None:
    """The policy allows three reminders, so that two may follow the first."""
    asked = ask(form)
    [question], [reminder] = compose(form, asked), compose(form, asked, reminder="/1")
    words = [" ".join(text_of(parse(message), "plain").split()) for message in (question, reminder)]
    assert "we send you nothing but a few reminders at most" in words[0]
    assert "at most two more reminders" in words[1]
