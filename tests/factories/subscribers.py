"""People, lists and permissions for tests."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from deliverability.queries.mailbox_providers import mailbox_provider_of
from deliverability.queries.suppressions import address_key
from subscribers.models import ConsentRecord, ConsentWording, Contact, MailingList, Subscription
from subscribers.types import Basis, ConsentAction, Purpose, SubscriptionState


class ContactFactory(DjangoModelFactory[Contact]):
    class Meta:
        model = Contact

    email = factory.Sequence(lambda n: f"person{n}@gmail.com")
    first_name = "Alice"
    address_key = factory.LazyAttribute(lambda contact: address_key(contact.email))
    mailbox_provider = factory.LazyAttribute(lambda contact: mailbox_provider_of(contact.email))


class MailingListFactory(DjangoModelFactory[MailingList]):
    class Meta:
        model = MailingList
        django_get_or_create = ("slug",)

    slug = "news"
    name = factory.LazyAttribute(lambda mailing_list: mailing_list.slug.title())


class ConsentWordingFactory(DjangoModelFactory[ConsentWording]):
    class Meta:
        model = ConsentWording
        django_get_or_create = ("name", "version", "locale")

    name = "newsletter"
    version = 1
    locale = "en"
    text = "Yes, send me the newsletter of Huila & Sons by e-mail. I can leave at any time."


class ConsentRecordFactory(DjangoModelFactory[ConsentRecord]):
    class Meta:
        model = ConsentRecord

    contact = factory.SubFactory(ContactFactory)
    mailing_list = factory.SubFactory(MailingListFactory)
    purpose = Purpose.SUBSCRIPTION
    action = ConsentAction.GRANTED
    basis = Basis.DOUBLE_OPT_IN
    wording = factory.SubFactory(ConsentWordingFactory)
    source = "https://huila.example/newsletter"
    actor = "the person"
    occurred_at = factory.LazyFunction(timezone.now)


def subscribed(mailing_list: MailingList | None = None, **contact_fields: object) -> Contact:
    """A contact with a live double opt-in on the list."""
    contact = ContactFactory.create(**contact_fields)
    grant(contact, mailing_list or MailingListFactory.create())
    return contact


def grant(contact: Contact, mailing_list: MailingList) -> None:
    """A live double opt-in of a known contact on one more list."""
    consent = ConsentRecordFactory.create(contact=contact, mailing_list=mailing_list)
    Subscription.objects.create(
        contact=contact,
        mailing_list=mailing_list,
        state=SubscriptionState.SUBSCRIBED,
        consent=consent,
        changed_at=consent.occurred_at,
    )
