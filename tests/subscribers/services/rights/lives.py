"""Somebody who left traces everywhere: what an export must tell, and an erasure must find."""

import zlib
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.utils import timezone

from accounts.services.audit import record
from accounts.services.permission import SENDWELL
from campaigns.models import CampaignActivity, Exclusion, TestSend
from deliverability.models import (
    Alert,
    DeliveryBatch,
    InboundMail,
    LaneChange,
    ProviderNotice,
    SoftBounce,
    UnmatchedReply,
    Webhook,
)
from deliverability.queries.suppressions import address_key
from deliverability.services.events import append_events
from deliverability.services.suppression import suppress
from deliverability.types import AgentKind, EventKind, NewEvent, Scope, SuppressionReason
from subscribers import conf
from subscribers.models import (
    Contact,
    ContactChange,
    ContactIdentifier,
    ContactScore,
    CustomField,
    Farewell,
    HeldRow,
    ImportRun,
    MailHistory,
    PendingSignUp,
    SavedView,
    Segment,
    SegmentDraft,
    SignUpForm,
    SunsetStanding,
)
from subscribers.rules.sunset import Step
from subscribers.services.activities import record_activities
from subscribers.services.merging import merge_contacts
from subscribers.services.preferences import change_tracking, pause
from subscribers.services.rights import open_request
from subscribers.services.subscriptions import unsubscribe
from subscribers.types import NewActivity, Origin, Purpose, RequestKind
from tests.factories.accounts import UserFactory
from tests.factories.campaigns import CampaignFactory, reviewed
from tests.factories.deliverability import DeliveryBatchFactory, EspFactory, MailingFactory, ProviderFactory
from tests.factories.subscribers import ConsentWordingFactory, ContactFactory, MailingListFactory, grant, subscribed

ADDRESS = "quintessa.o'hara+shop@erasure-test.example"
NAME = "Quintessa"
# High enough to be found among all numbers.
CONTACT_ID = 777_000_777
IP = "203.0.113.77"


def lived() -> Contact:
    """A person with something in every table that may hold a person."""
    contact = subscribed(
        pk=CONTACT_ID, email=ADDRESS, first_name=NAME, country="DE", attributes={"city": f"{NAME}ville", "old": 1}
    )
    CustomField.objects.create(key="city", label="City")
    _said(contact)
    _was_mailed(contact)
    _is_spoken_of(contact)
    _was_imported(contact)
    _left_more(contact)
    _is_known_elsewhere(contact)
    return contact


def _is_known_elsewhere(contact: Contact) -> None:
    ContactIdentifier.objects.create(contact=contact, source="shop", external_id=f"{NAME}-1")
    ContactScore.objects.create(contact=contact, stage="new", stage_since=timezone.now())
    other = ContactFactory.create(email=f"old.{ADDRESS}", first_name=NAME)
    merge_contacts(keep_id=contact.pk, merge_id=other.pk, actor=SENDWELL)


def _said(contact: Contact) -> None:
    origin = Origin(source="https://huila.example/p", actor="the person", ip=IP, user_agent=f"{NAME}Browser")
    wording = ConsentWordingFactory.create(name="tracking")
    change_tracking(
        contact_id=contact.pk,
        choices={Purpose.OPEN_TRACKING: True},
        wordings={Purpose.OPEN_TRACKING: wording.pk},
        origin=origin,
    )
    other = MailingListFactory.create(slug="left")
    grant(contact, other)
    unsubscribe(contact_id=contact.pk, mailing_list_id=other.pk, origin=origin)
    pause(contact_id=contact.pk, origin=origin)
    record_activities(
        actor=SENDWELL,
        activities=[NewActivity(contact.pk, "ordered", timezone.now(), Decimal("12.50"), {"ship_to": NAME})],
    )
    open_request(
        contact_id=contact.pk,
        kind=RequestKind.EXPORT,
        source="By mail",
        actor=SENDWELL,
        address=ADDRESS,
        details=f"I am {NAME}, {ADDRESS}",
    )


def _left_more(contact: Contact) -> None:
    now = timezone.now()
    form = SignUpForm.objects.create(slug="news", title="News", wording=ConsentWordingFactory.create())
    PendingSignUp.objects.create(contact=contact, form=form, values={"first_name": NAME}, requested_at=now)
    SunsetStanding.objects.create(
        contact=contact,
        mailing_list=MailingListFactory.create(),
        step=Step.REDUCE,
        since=now,
        quiet_since=now,
        mails=3,
        sent_before=3,
        gap_days=30,
    )
    ContactChange.objects.create(contact=contact, changed_by="alice", parts=["first_name"])
    SegmentDraft.objects.create(user=UserFactory.create(), name="Draft", tree={"value": ADDRESS})
    HeldRow.objects.create(
        run=ImportRun.objects.create(file_name="more.csv"),
        row=3,
        reason="typo",
        column="email",
        value=ADDRESS,
        email=ADDRESS,
        address_key=address_key(ADDRESS),
        person={"first_name": NAME},
    )
    Farewell.objects.create(contact=contact, entry_id=1, reason="other", words=f"Bye from {NAME}")


def _was_mailed(contact: Contact) -> None:
    now = timezone.now()
    mailing = MailingFactory.create(links=["https://huila.example/autumn"], title="Autumn")
    batch = DeliveryBatchFactory.create(
        mailing=mailing, recipient_ids=[1, contact.pk], state=DeliveryBatch.State.CLOSED, closed_at=now
    )
    common = {"mailing_id": mailing.pk, "recipient_id": contact.pk, "mailbox_provider": "other", "occurred_at": now}
    append_events(
        [
            NewEvent(
                **common, kind=EventKind.ACCEPTED, batch_id=batch.pk, code=250, detail=f"2.0.0 <{ADDRESS}> queued"
            ),
            NewEvent(**common, kind=EventKind.OPENED, agent_kind=AgentKind.HUMAN, agent=f"{NAME}Mail", ip=IP),
            NewEvent(**common, kind=EventKind.CLICKED, agent_kind=AgentKind.HUMAN, agent="Firefox", ip=IP, link=0),
            NewEvent(**common, kind=EventKind.BOUNCED, code=550, detail=f"5.1.1 {ADDRESS} is unknown"),
        ]
    )
    MailHistory.objects.create(contact=contact, sent_at=now, sent_count=1, mailings=[mailing.pk])
    esp = EspFactory.create()
    ProviderNotice.objects.create(
        provider=esp, key=b"k" * 16, seen_at=now, what="bounced", mailing_id=mailing.pk, recipient_id=contact.pk
    )
    for body in (ADDRESS, ADDRESS.replace("@", "%40"), ADDRESS.replace("@", r"\u0040")):
        Webhook.objects.create(provider=esp, received_at=now, body=f'{{"to": "{body}"}}'.encode(), processed_at=now)
    _mail_came_back(f"To: {ADDRESS}", state="recorded", findings=[{"recipient": ADDRESS}])
    _mail_came_back(f"I, {NAME} ({ADDRESS.upper()}), am away.", state="ignored", findings=[])
    SoftBounce.objects.create(address_key=address_key(ADDRESS), total=2, last_at=now)
    for reason in (SuppressionReason.SOFT_BOUNCE, SuppressionReason.HARD_BOUNCE):
        suppress(
            addresses=[ADDRESS],
            scope=Scope.EVERYTHING,
            reason=reason,
            evidence=f"550 {ADDRESS}",
            expires_at=now + timedelta(days=90) if reason == SuppressionReason.SOFT_BOUNCE else None,
        )


def _mail_came_back(text: str, *, state: str, findings: list[dict[str, str]]) -> None:
    InboundMail.objects.create(
        received_at=timezone.now(),
        source="pipe",
        digest=text.encode()[:32],
        raw=zlib.compress(text.encode()),
        size=len(text),
        sender=ADDRESS if state == "ignored" else "postmaster@example.net",
        subject=f"About {NAME}" if state == "ignored" else f"Undelivered: {ADDRESS}",
        state=state,
        findings=findings,
    )


def _is_spoken_of(contact: Contact) -> None:
    now = timezone.now()
    record(actor=SENDWELL, text=f"Suppressed {ADDRESS} for marketing mail.")
    campaign = CampaignFactory.create()
    CampaignActivity.objects.create(campaign=campaign, actor="alice", text=f"Sent a test to {ADDRESS}")
    Exclusion.objects.create(campaign=campaign, reason="paused", contact_ids=[2, contact.pk, 3])
    subscribed()
    version = reviewed(name="Winter").version
    assert version is not None
    TestSend.objects.create(version=version, address=ADDRESS, sample_contact_id=contact.pk, requested_by="alice")
    Alert.objects.create(
        key="k", severity="warning", title=ADDRESS, text=f"{ADDRESS} again", opened_at=now, seen_at=now
    )
    LaneChange.objects.create(
        provider=ProviderFactory.create(), mailbox_provider="other", at=now, kind="slower", reply=f"450 {ADDRESS}"
    )
    UnmatchedReply.objects.create(
        key=b"u" * 16,
        mailbox_provider="other",
        code=450,
        words="no",
        sample=ADDRESS,
        first_seen_at=now,
        last_seen_at=now,
    )
    SavedView.objects.create(name="One", query=urlencode({"q": ADDRESS}), saved_by="alice")
    Segment.objects.create(
        name="Them",
        rules={"field": "email", "operator": "is", "value": ADDRESS},
        created_by="alice",
        changed_by="alice",
    )


def _was_imported(contact: Contact) -> None:
    ImportRun.objects.create(
        file_name="people.csv", position=ADDRESS, survey={"sample": [[ADDRESS, "x"]]}, asked={"note": ADDRESS}
    )
    for folder in (conf.imports_folder(), conf.uploads_folder()):
        folder.mkdir(parents=True, exist_ok=True)
        others = '2,email,ada@example.net,"a ""b""\r\nc"\r\n'
        lines = f'row,column,value,reason\r\n{others}3,email,{ADDRESS},"multi\r\nline"\r\n'
        (folder / "people-rejects.csv").write_text(lines, encoding="utf-8", newline="")
