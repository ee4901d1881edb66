"""No screen costs a query per row: each costs the same with few rows and with three times as many."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Invitation, User
from accounts.services.permission import SENDWELL
from accounts.types import Role
from campaigns.models import Campaign, CampaignActivity, Exclusion
from campaigns.types import CampaignState
from config.web.screens import SCREENS
from deliverability.models import Alert, Inbox, Lane, LaneChange, Provider, Webhook
from deliverability.services.alert_channels import add_channel
from deliverability.services.alerts import report, resolve
from deliverability.services.events import append_events
from deliverability.services.inbound_mail import receive_mail
from deliverability.services.reply_counts import count_replies
from deliverability.services.suppression import suppress
from deliverability.services.warmup import start_plan
from deliverability.types import AgentKind, EventKind, NewEvent, Reply, Scope, SuppressionReason
from subscribers.models import (
    Contact,
    ContactColumns,
    ContactIdentifier,
    CustomField,
    DuplicatePair,
    HeldRow,
    ImportRun,
    MailingList,
    PrivacyRequest,
    SavedView,
    Segment,
    SignUpForm,
    SunsetStanding,
)
from subscribers.services.imports import receive_upload
from subscribers.services.rights import open_request
from subscribers.services.segments import create_segment, take_snapshot
from subscribers.types import RequestKind
from templates_app.models import Template
from templates_app.services.versions import publish_version
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.campaigns import CampaignFactory, scheduled, sending
from tests.factories.deliverability import StreamFactory
from tests.factories.subscribers import ConsentWordingFactory, MailingListFactory, grant, subscribed
from tests.factories.templates_app import TemplateFactory

pytestmark = pytest.mark.django_db
FEW = 2


def test_no_screen_costs_a_query_per_row(client: Client) -> None:
    OrganisationFactory.create()
    owner = UserFactory.create(role=Role.OWNER)
    client.force_login(owner)
    ContactColumns.objects.create(user=owner, columns=["name", "lists", "provider", "added"])
    grow(owner, 0, FEW)
    for path in paths().values():
        client.get(path)  # what a process keeps, it keeps from now on
    few = counts(client)
    grow(owner, FEW, 3 * FEW)
    assert counts(client) == few


def counts(client: Client) -> dict[str, int]:
    """Queries by page, with nothing in the cache."""
    found = {}
    for name, path in paths().items():
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(path)
        assert answer.status_code == 200, name
        found[name] = len(captured)
    return found


def paths() -> dict[str, str]:
    screens = {screen.name: screen.path() for screen in SCREENS if not screen.press}
    assert [name for name, path in screens.items() if path is None] == []
    sent = Campaign.objects.filter(state=CampaignState.SENT).latest("pk").pk
    moving = Campaign.objects.filter(state=CampaignState.SENDING).latest("pk").pk
    template = Template.objects.latest("pk").pk
    return {
        **{name: path for name, path in screens.items() if path},
        **{which: reverse("campaign-people", args=[sent, which]) for which in ("accepted", "failed", "clicked")},
        "excluded": reverse("campaign-people", args=[sent, "excluded"]) + "?reason=unsubscribed",
        "waiting": reverse("campaign-people", args=[moving, "waiting"]),
        "progress": reverse("campaign-progress", args=[moving]) + "?state=sending",
        "figures": reverse("campaign-figures", args=[sent]),
        "campaigns found": reverse("campaigns") + "?tab=sent&q=letter",
        "contacts found": reverse("contacts") + "?q=alice&list=1&provider=google",
        "contacts of a segment": reverse("contacts") + f"?segment={Segment.objects.earliest('pk').pk}",
        "palette": reverse("palette") + "?q=a",
        "template versions": reverse("template-versions", args=[template]),
        "people to preview": reverse("template-people") + "?q=person",
    }


def grow(owner: User, start: int, end: int) -> None:
    """From `start` to `end` of everything, and of what hangs on the newest campaign, contact and template."""
    for number in range(start, end):
        _grow_audience(owner, number)
        _grow_settings(number)
        _grow_alerts(number)
        _grow_inbound(number)
    campaign = _grow_campaigns(start, end)
    assert campaign.mailing_id
    events = []
    for number in range(start, end):
        CampaignActivity.objects.create(campaign=campaign, actor="Paula", text=f"Edited {number}")
        Exclusion.objects.create(campaign=campaign, reason="unsubscribed", contact_ids=[number + 1])
        for person in Contact.objects.values_list("pk", flat=True):
            for kind in (EventKind.ACCEPTED, EventKind.FAILED, EventKind.OPENED, EventKind.CLICKED):
                moment = timezone.now() + timedelta(seconds=number)
                provider = f"provider{person % (number + 1)}"
                events.append(
                    NewEvent(moment, kind, campaign.mailing_id, person, provider, link=0, agent_kind=AgentKind.HUMAN)
                )
    append_events(events)


def _grow_audience(owner: User, number: int) -> None:
    mailing_list = MailingListFactory.create(slug=f"list{number}", name=f"List {number}")
    for contact in (subscribed(mailing_list), held := subscribed(mailing_list)):
        for other in MailingList.objects.exclude(pk=mailing_list.pk):
            grant(contact, other)
    suppress(addresses=[held.email], scope=Scope.MARKETING, reason=SuppressionReason.COMPLAINT, evidence="A report")
    open_request(contact_id=contact.pk, kind=RequestKind.EXPORT, source="By mail", actor=owner)
    DuplicatePair.objects.create(first=held, second=subscribed(mailing_list), reasons=["mailbox"])
    ContactIdentifier.objects.create(contact=contact, source="shop", external_id=str(number))
    moment = timezone.now()
    silent = {"step": "win_back", "since": moment, "quiet_since": moment, "mails": 9, "sent_before": 9, "gap_days": 9}
    SunsetStanding.objects.create(contact=contact, mailing_list=mailing_list, **silent)
    for kind in (RequestKind.EXPORT, RequestKind.CORRECTION):
        asked = open_request(contact_id=held.pk, kind=kind, source="A mail", actor=owner)
    PrivacyRequest.objects.filter(pk=asked.pk).update(state="refused", closed_at=moment)
    CustomField.objects.create(key=f"field{number}", label=f"Field {number}")
    on_list = {"type": "list", "list": mailing_list.pk, "state": "subscribed"}
    segment = create_segment(actor=owner, name=f"Segment {number}", rules=on_list)
    create_segment(actor=owner, name=f"Around {number}", rules={"type": "segment", "segment": segment.pk})
    take_snapshot(actor=owner, segment_id=segment.pk)
    SavedView.objects.create(name=f"View {number}", query="provider=google", saved_by="Paula")
    form = SignUpForm.objects.create(slug=f"form{number}", title="Letters", wording=ConsentWordingFactory.create())
    form.lists.set(MailingList.objects.all())
    receive_upload(actor=owner, file_name="people.csv", blocks=[b"email,city\n", *[b"a@example.org,Rome\n"] * 9])
    news = MailingList.objects.latest("pk")
    run = ImportRun.objects.create(file_name="a.csv", state=ImportRun.State.FINISHED, mailing_list=news, held=9)
    for row in range(3 * (number + 1)):
        held_row = {"row": row, "reason": "role", "column": "email", "value": f"info{row}@huila.example"}
        HeldRow.objects.create(run=run, email=held_row["value"], address_key=b"x" * 16, **held_row)


def _grow_settings(number: int) -> None:
    UserFactory.create(role=Role.MARKETER)
    AuditEntry.objects.create(actor="Paula", text=f"Changed lane {number}")
    soon = timezone.now() + timedelta(days=1)
    Invitation.objects.create(email=f"new{number}@huila.example", token_hash=str(number), expires_at=soon)
    stream = StreamFactory.create(slug=f"stream{number}", kind="marketing")
    stream.provider = Provider.objects.create(name=f"Relay {number}", host="127.0.0.1")
    stream.save()
    start_plan(actor=SENDWELL, provider_id=stream.provider_id, curve="ses", mailbox_providers=["google", "yahoo"])
    for lane in range(number):
        Lane.objects.create(stream=stream, mailbox_provider=f"provider{lane}")


def _grow_alerts(number: int) -> None:
    report(key=f"open:{number}", severity=Alert.Severity.CRITICAL, title=f"Trouble {number}", text="It lasts.")
    report(key=f"over:{number}", severity=Alert.Severity.WARNING, title=f"Trouble {number}", text="It is over.")
    resolve(key=f"over:{number}")
    add_channel(actor=SENDWELL, kind="email", target=f"team{number}@huila.example")


def _grow_inbound(number: int) -> None:
    receive_mail(raw=b"Subject: Hello %d\r\n\r\nHello\r\n" % number, source="Bounces")
    Inbox.objects.create(name=f"Inbox {number}", host="imap.huila.example", last_error="It cannot be read.")
    provider = Provider.objects.create(name=f"Service {number}", kind="postmark")
    Webhook.objects.create(provider=provider, received_at=timezone.now(), body=b"{}")
    change = {"provider": provider, "mailbox_provider": "gmx", "kind": LaneChange.Kind.LIMITED}
    LaneChange.objects.create(**change, at=timezone.now(), until=timezone.now() + timedelta(hours=1), connections=1)
    count_replies(
        replies=[(Reply(550, "No such user", "5.1.1"), f"provider{number}"), (Reply(554, f"Word{'x' * number}"), "gmx")]
    )


def _grow_campaigns(start: int, end: int) -> Campaign:
    """Returns the newest that was sent."""
    lists = MailingList.objects.order_by("pk")
    template = TemplateFactory.create(name=f"Letter from {start}")
    for number in range(start, end):
        TemplateFactory.create()
        publish_version(template_id=template.pk, subject=f"News {number}")
        CampaignFactory.create(name=f"Draft {number}", mailing_list=lists[number])
        scheduled(name=f"Coming {number}", mailing_list=lists[number], undo_seconds=3600)
        sending(name=f"Now {number}", mailing_list=lists[number])
        sent = sending(name=f"Letter {number}", mailing_list=lists[number])
        finished = timezone.now() - timedelta(days=2)
        Campaign.objects.filter(pk=sent.pk).update(state=CampaignState.SENT, finished_at=finished)
    return sent
