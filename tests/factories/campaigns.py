"""Campaigns for tests, and the shortest way to each state."""

import factory
from factory.django import DjangoModelFactory

from accounts.services.permission import SENDWELL
from campaigns.models import Campaign
from campaigns.services import review as reviewing
from campaigns.services import schedule as scheduling
from campaigns.services import start as starting
from templates_app.models import Template
from tests.factories.accounts import OrganisationFactory
from tests.factories.deliverability import StreamFactory
from tests.factories.subscribers import MailingListFactory

MJML = """<mjml><mj-body><mj-section><mj-column>
<mj-text>Hello {{ contact.first_name | default: "there" }}, this is {{ list.name }}.</mj-text>
<mj-button href="https://huila.example/autumn">Read on</mj-button>
</mj-column></mj-section></mj-body></mjml>"""


class CampaignTemplateFactory(DjangoModelFactory[Template]):
    class Meta:
        model = Template
        django_get_or_create = ("name",)

    name = "Autumn letter"
    source = MJML


class CampaignFactory(DjangoModelFactory[Campaign]):
    """A draft that lacks nothing but an audience."""

    class Meta:
        model = Campaign
        skip_postgeneration_save = True

    name = "Autumn"
    subject = "Autumn, {{ contact.first_name }}"
    preheader = "Three things to read"
    from_name = "Huila & Sons"
    from_email = "hello@huila.example"
    mailing_list = factory.SubFactory(MailingListFactory)
    template = factory.SubFactory(CampaignTemplateFactory)
    stream = factory.SubFactory(StreamFactory)

    @factory.post_generation
    def organisation(self, create: bool, extracted: object, **_: object) -> None:
        OrganisationFactory.create()


def reviewed(**fields: object) -> Campaign:
    campaign = CampaignFactory.create(**fields)
    found = reviewing.review(campaign_id=campaign.pk, actor=SENDWELL)
    assert found.is_ready, found.must_fix
    return Campaign.objects.get(pk=campaign.pk)


def scheduled(**fields: object) -> Campaign:
    return scheduling.schedule(campaign_id=reviewed(**fields).pk, actor=SENDWELL)


def sending(**fields: object) -> Campaign:
    """Started at once: its batches stand in the outbox."""
    campaign = scheduled(**{"undo_seconds": 0, **fields})
    assert starting.start(campaign_id=campaign.pk)
    return Campaign.objects.get(pk=campaign.pk)
