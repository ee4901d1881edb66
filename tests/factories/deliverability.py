"""Streams, mailings and batches for tests."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from deliverability.models import DeliveryBatch, Mailing, Provider, Stream


class ProviderFactory(DjangoModelFactory[Provider]):
    class Meta:
        model = Provider
        django_get_or_create = ("name",)

    name = "loopback"
    kind = "smtp"
    host = "127.0.0.1"
    port = 2525
    security = Provider.Security.NONE


class StreamFactory(DjangoModelFactory[Stream]):
    class Meta:
        model = Stream
        django_get_or_create = ("slug",)

    slug = "marketing"
    name = factory.LazyAttribute(lambda stream: stream.slug.title())
    kind = factory.LazyAttribute(lambda stream: stream.slug)
    provider = factory.SubFactory(ProviderFactory)
    from_email = factory.LazyAttribute(lambda stream: f"hello@{stream.slug}.huila.example")
    bounce_domain = factory.LazyAttribute(lambda stream: f"bounces.{stream.slug}.huila.example")


class MailingFactory(DjangoModelFactory[Mailing]):
    class Meta:
        model = Mailing

    stream = factory.SubFactory(StreamFactory)
    composer = "test"
    reference = factory.Sequence(str)


class DeliveryBatchFactory(DjangoModelFactory[DeliveryBatch]):
    class Meta:
        model = DeliveryBatch

    mailing = factory.SubFactory(MailingFactory)
    stream = factory.SelfAttribute("mailing.stream")
    mailbox_provider = "google"
    recipient_ids = [1, 2, 3]
    first_due_at = factory.LazyFunction(timezone.now)
    due_at = factory.SelfAttribute("first_due_at")


class EspFactory(ProviderFactory):
    """An ESP with a webhook address; its secrets go in by `secrets_encrypted`."""

    name = factory.LazyAttribute(lambda provider: provider.kind)
    kind = "postmark"
    host = ""
    hook_token = factory.LazyAttribute(lambda provider: f"token-of-{provider.kind}")
