"""Every kind of data goes when its time is over, and not a day before; a dry run only counts."""

import json
import os
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.errors import PermissionRefused
from accounts.models import AuditEntry
from accounts.services.permission import SENDWELL
from accounts.types import Role
from campaigns.models import TestSend
from deliverability.models import Alert, Event, InboundMail
from deliverability.queries.suppressions import suppressed_keys
from deliverability.services.events import append_events
from deliverability.types import EventKind, NewEvent, StreamKind
from subscribers import conf
from subscribers.errors import RetentionRefused
from subscribers.models import (
    ConsentRecord,
    Contact,
    ContactActivity,
    ImportRun,
    PrivacyRequest,
    RetentionChoice,
    Subscription,
)
from subscribers.queries.rights.retention import kept_now
from subscribers.rules.retention import BY_KIND, RULES
from subscribers.services.ledger import prove_ledger
from subscribers.services.preferences import change_tracking
from subscribers.services.retention import apply_retention, choose_retention
from subscribers.services.retention.shelves import shelves
from subscribers.services.rights import erase_contact, open_request
from subscribers.services.rights.watching import watch_deadlines
from subscribers.services.subscriptions import unsubscribe_all
from subscribers.types import Origin, Purpose, RequestKind
from tests.factories.accounts import UserFactory
from tests.factories.campaigns import reviewed
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import ConsentWordingFactory, ContactFactory, MailingListFactory, grant, subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folders(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "media"


def counted(*, dry_run: bool = False) -> dict[str, int]:
    applied = apply_retention(dry_run=dry_run)
    assert not [each for each in applied if each.error]
    return {each.kind: each.count for each in applied if each.count}


def old_and_new(kind: str) -> None:
    """Of each kind one thing that is a day too old, and one that has a day left."""
    days = BY_KIND[kind].days
    assert days is not None
    for age in (days + 1, days - 1):
        MAKERS[kind](timedelta(days=age))


def _inbound_mail(age: timedelta) -> None:
    digest = str(age).encode()[:32]
    InboundMail.objects.create(
        received_at=timezone.now() - age, source="pipe", digest=digest, raw=b"", size=0, state="ignored"
    )


def _activity(age: timedelta) -> None:
    contact, _ = Contact.objects.get_or_create(email="a@gmail.com", address_key=b"k" * 16, mailbox_provider="google")
    ContactActivity.objects.create(contact=contact, name="ordered", occurred_at=timezone.now() - age)


def _upload(age: timedelta) -> None:
    folder = conf.uploads_folder() / str(age.days)
    folder.mkdir(parents=True)
    (folder / "people.csv").write_text("email\n", encoding="utf-8")
    run = ImportRun.objects.create(file_name="people.csv", state=ImportRun.State.DRAFT, upload=f"{age.days}/people.csv")
    ImportRun.objects.filter(pk=run.pk).update(started_at=timezone.now() - age)


def _report(age: timedelta) -> None:
    conf.imports_folder().mkdir(parents=True, exist_ok=True)
    path = conf.imports_folder() / f"{age.days}-rejects.csv"
    path.write_text("row\n", encoding="utf-8")
    moment = (timezone.now() - age).timestamp()
    os.utime(path, (moment, moment))


def _test_mail(age: timedelta) -> None:
    if not Contact.objects.exists():
        subscribed()
    version = reviewed(name=str(age.days)).version
    assert version is not None
    test = TestSend.objects.create(version=version, address="a@b.example", requested_by="alice")
    TestSend.objects.filter(pk=test.pk).update(requested_at=timezone.now() - age)


def _audit(age: timedelta) -> None:
    entry = AuditEntry.objects.create(actor="alice", text="Did it.")
    AuditEntry.objects.filter(pk=entry.pk).update(happened_at=timezone.now() - age)


def _request(age: timedelta) -> None:
    request = open_request(
        contact_id=None, kind=RequestKind.EXPORT, source="A mail", actor=SENDWELL, address=f"{age.days}@b.example"
    )
    PrivacyRequest.objects.filter(pk=request.pk).update(state="fulfilled", closed_at=timezone.now() - age)


MAKERS = {
    "inbound_mails": _inbound_mail,
    "activities": _activity,
    "import_uploads": _upload,
    "import_reports": _report,
    "test_mails": _test_mail,
    "audit_log": _audit,
    "privacy_requests": _request,
}


@pytest.mark.parametrize("kind", list(MAKERS))
def test_what_is_too_old_goes_and_the_rest_stays(kind: str) -> None:
    old_and_new(kind)
    assert counted(dry_run=True) == {kind: 1}
    assert counted(dry_run=True) == {kind: 1}
    assert counted() == {kind: 1}
    assert counted() == {}


def test_every_rule_that_ends_is_applied() -> None:
    kept_for_good = {"dormant", "suppressions"}
    assert {rule.kind for rule in RULES} - set(shelves()) == kept_for_good


def left(days: int) -> Contact:
    """Somebody who unsubscribed from everything so many days ago."""
    contact = subscribed()
    unsubscribe_all(contact_id=contact.pk, origin=Origin(source="page", actor="the person"))
    return _aged(contact, days)


def _aged(contact: Contact, days: int) -> Contact:
    moment = timezone.now() - timedelta(days=days)
    Contact.objects.filter(pk=contact.pk).update(created_at=moment)
    with connection.cursor() as cursor:
        # Only a test may: the ledger's own trigger refuses.
        cursor.execute("SET LOCAL session_replication_role = replica")
        ConsentRecord.objects.filter(contact=contact).update(occurred_at=moment)
        cursor.execute("SET LOCAL session_replication_role = origin")
    return contact


def test_a_no_to_tracking_is_no_farewell_and_a_later_yes_ends_one() -> None:
    page = Origin(source="page", actor="the person")
    untracked, back = ContactFactory.create(tracks_opens=True), left(0)
    words = {Purpose.OPEN_TRACKING: ConsentWordingFactory.create().pk}
    change_tracking(contact_id=untracked.pk, choices={Purpose.OPEN_TRACKING: False}, wordings=words, origin=page)
    grant(back, MailingListFactory.create(slug="other"))
    # The list is gone since, and with it the subscription.
    Subscription.objects.filter(contact=back).delete()
    for contact in (untracked, back):
        _aged(contact, 1_096)
    assert counted().get("consent_evidence", 0) == 0
    assert set(Contact.objects.all()) == {untracked, back}


def test_who_left_three_years_ago_is_forgotten_and_their_no_is_not() -> None:
    gone, still_evidence, dormant = left(1_096), left(1_094), _aged(subscribed(), 4_000)
    assert counted() == {"consent_evidence": 1}
    assert set(Contact.objects.all()) == {still_evidence, dormant}
    key = bytes(gone.address_key)
    assert suppressed_keys(StreamKind.MARKETING, [key]) == {key}


def test_what_comes_in_late_about_an_erased_person_goes_the_next_night() -> None:
    contact = subscribed()
    erase_contact(contact_id=contact.pk, actor=SENDWELL, reason="asked")
    assert prove_ledger().holds
    append_events([NewEvent(timezone.now(), EventKind.BOUNCED, MailingFactory.create().pk, contact.pk, "google")])
    apply_retention()
    assert not Event.objects.filter(recipient_id=contact.pk).exists()
    assert Event.objects.count() == 1
    request = PrivacyRequest.objects.get()
    assert request.erased_ids == [contact.pk]
    PrivacyRequest.objects.update(closed_at=timezone.now() - timedelta(days=31))
    apply_retention()
    request.refresh_from_db()
    assert request.erased_ids == []


def test_the_team_chooses_within_limits() -> None:
    choose_retention(actor=SENDWELL, kind="inbound_mails", days=7)
    _inbound_mail(timedelta(days=8))
    assert counted() == {"inbound_mails": 1}
    choose_retention(actor=SENDWELL, kind="mail_events", days=None)
    chosen = {kept.rule.kind: kept.days for kept in kept_now()}
    assert (chosen["inbound_mails"], chosen["mail_events"], chosen["webhooks"]) == (7, None, 30)
    assert AuditEntry.objects.order_by("-pk")[0].text == "Changed the retention of mail_events to for good."


@pytest.mark.parametrize(
    ("kind", "days", "why"),
    [
        ("inbound_mails", 366, "7 to 365"),
        ("inbound_mails", None, "7 to 365"),
        ("consent_evidence", 1_094, "at least 1,095"),
        ("suppressions", 30, "not chosen here"),
        ("nonsense", 30, "not chosen here"),
    ],
)
def test_beyond_them_nothing_changes(kind: str, days: int | None, why: str) -> None:
    with pytest.raises(RetentionRefused, match=why):
        choose_retention(actor=SENDWELL, kind=kind, days=days)
    assert not RetentionChoice.objects.exists()


def test_a_marketer_chooses_nothing() -> None:
    with pytest.raises(PermissionRefused):
        choose_retention(actor=UserFactory.create(role=Role.MARKETER), kind="webhooks", days=10)


def test_one_kind_that_fails_keeps_no_other_from_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(before: Any) -> int:
        raise OSError("The disk is gone.")

    monkeypatch.setattr("subscribers.services.retention.files.forget_reports", fail)
    old_and_new("audit_log")
    applied = {each.kind: each for each in apply_retention()}
    assert applied["import_reports"].error == "OSError: The disk is gone."
    assert applied["audit_log"].count == 1


def test_the_command_says_what_would_go() -> None:
    old_and_new("audit_log")
    out = StringIO()
    call_command("apply_retention", "--dry-run", "--json", stdout=out)
    lines = {line["kind"]: line for line in map(json.loads, out.getvalue().splitlines())}
    assert (lines["audit_log"]["count"], lines["audit_log"]["days"], lines["audit_log"]["dry_run"]) == (1, 1095, True)
    assert AuditEntry.objects.count() == 2
    call_command("apply_retention", stdout=out)
    assert "audit log: 1 deleted, kept for 1,095 days" in out.getvalue()


def test_deadlines_that_come_near_are_told_until_they_are_met() -> None:
    request = open_request(contact_id=subscribed().pk, kind=RequestKind.EXPORT, source="A mail", actor=SENDWELL)
    watch_deadlines()
    assert not Alert.objects.exists()
    watch_deadlines(now=request.due_at - timedelta(days=4))
    assert Alert.objects.get().title == "1 privacy request is due within five days"
    watch_deadlines(now=request.due_at + timedelta(minutes=1))
    alert = Alert.objects.get()
    assert (alert.severity, alert.title) == ("critical", "1 privacy request is overdue")
    PrivacyRequest.objects.update(state="fulfilled")
    watch_deadlines()
    alert.refresh_from_db()
    assert alert.resolved_at is not None
