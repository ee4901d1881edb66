"""Reads the rows of an export, a few hundred at a time: of each kind its columns and how it is found."""

from collections.abc import Iterator, Mapping
from typing import Any

from deliverability.queries.suppression_page import suppressions_of
from subscribers.models import (
    ActivityTotal,
    Contact,
    ContactActivity,
    ContactChange,
    ContactMerge,
    ContactScore,
    CustomField,
    Farewell,
    HeldRow,
    MailHistory,
    PendingSignUp,
    PrivacyStep,
    Subscription,
    SunsetStanding,
)
from subscribers.queries.consent.ledger import said_by
from subscribers.queries.people import ids_of, other_addresses

Row = dict[str, Any]

PROFILE = (
    "id",
    "email",
    "first_name",
    "last_name",
    "locale",
    "time_zone",
    "country",
    "mailbox_provider",
    "tracks_opens",
    "tracks_clicks",
    "paused_until",
    "restricted_at",
    "engaged_elsewhere_at",
    "engaged_at",
    "created_at",
    "updated_at",
)
LISTS = ("list", "state", "frequency", "allowed_by_entry", "consent_expires_at", "changed_at")
CONSENT = (
    "entry",
    "purpose",
    "list",
    "action",
    "detail",
    "basis",
    "wording",
    "wording_version",
    "words",
    "source",
    "actor",
    "ip_address",
    "program_name",
    "jurisdiction",
    "occurred_at",
    "expires_at",
    "recorded_at",
)
SUMMARY = ("sent_at", "opened_at", "clicked_at", "sent_count", "opened", "clicked", "mailings")
ACTIVITIES = ("occurred_at", "name", "value", "properties")
TOTALS = ("name", "times", "total", "last_at")
HELD = ("address", "reason", "scope", "since", "until", "evidence", "added_by", "lifted_at", "lifted_by", "lifted_why")
IDENTIFIERS = ("source", "external_id", "added_at")
SCORE = ("score", "recency", "frequency", "monetary", "points", "stage", "stage_since", "computed_at")
MERGES = ("merged_at", "merged_by", "decisions")
CHANGES = ("changed_at", "changed_by", "parts")
ROWS = ("file", "row", "value", "person", "state")
WAITING = ("form", "values", "requested_at", "reminded")
SILENCE = ("list", "step", "since", "quiet_since", "mails", "rests_until")
FAREWELLS = ("said_at", "reason", "words")
REQUESTS = ("request", "kind", "state", "source", "details", "received_at", "due_at", "closed_at", "history")
_AT_ONCE = 500


def profile_of(contact: Contact) -> Row:
    return {name: getattr(contact, name) for name in PROFILE}


def custom_of(contact: Contact) -> Iterator[Row]:
    """Also what stands under a key that nobody declares any more, and what was known of those merged into them."""
    labels: Mapping[str, str] = dict(CustomField.objects.values_list("key", "label"))
    for each in (contact, *other_addresses(contact.pk)):
        for key, value in each.attributes.items():
            yield {"key": key, "label": labels.get(key, ""), "value": value}


def lists_of(contact: Contact) -> Iterator[Row]:
    found = Subscription.objects.filter(contact=contact).select_related("mailing_list").order_by("mailing_list__name")
    for each in found:
        yield {
            "list": each.mailing_list.name,
            "state": each.state,
            "frequency": each.frequency,
            "allowed_by_entry": each.consent_id,
            "consent_expires_at": each.consent_expires_at,
            "changed_at": each.changed_at,
        }


def consent_of(contact: Contact) -> Iterator[Row]:
    said = said_by(contact.pk).select_related("mailing_list", "wording").order_by("pk")
    for entry in said.iterator(chunk_size=_AT_ONCE):
        yield {
            "entry": entry.pk,
            "purpose": entry.purpose,
            "list": entry.mailing_list.name if entry.mailing_list else "",
            "action": entry.action,
            "detail": entry.detail,
            "basis": entry.basis,
            "wording": entry.wording.name if entry.wording else "",
            "wording_version": entry.wording.version if entry.wording else None,
            "words": entry.wording.text if entry.wording else "",
            "source": entry.source,
            "actor": entry.actor,
            "ip_address": entry.ip or "",
            "program_name": entry.user_agent,
            "jurisdiction": entry.jurisdiction,
            "occurred_at": entry.occurred_at,
            "expires_at": entry.expires_at,
            "recorded_at": entry.recorded_at,
        }


def summary_of(contact: Contact) -> Iterator[Row]:
    yield from MailHistory.objects.filter(contact=contact).values(*SUMMARY)


def activities_of(contact: Contact) -> Iterator[Row]:
    found = ContactActivity.objects.filter(contact=contact).order_by("occurred_at", "pk")
    yield from found.values(*ACTIVITIES).iterator(chunk_size=_AT_ONCE)


def totals_of(contact: Contact) -> Iterator[Row]:
    yield from ActivityTotal.objects.filter(contact=contact).order_by("name").values(*TOTALS)


def held_of(contact: Contact) -> Iterator[Row]:
    for each in [contact, *other_addresses(contact.pk)]:
        for held in suppressions_of(bytes(each.address_key)):
            yield {"address": each.email, **{name: getattr(held, name) for name in HELD[1:]}}


def identifiers_of(contact: Contact) -> Iterator[Row]:
    yield from contact.identifiers.order_by("source", "external_id").values(*IDENTIFIERS)


def score_of(contact: Contact) -> Iterator[Row]:
    yield from ContactScore.objects.filter(contact=contact).values(*SCORE)


def merges_of(contact: Contact) -> Iterator[Row]:
    yield from ContactMerge.objects.filter(kept=contact).order_by("pk").values(*MERGES)


def changes_of(contact: Contact) -> Iterator[Row]:
    yield from ContactChange.objects.filter(contact__in=ids_of(contact.pk)).order_by("pk").values(*CHANGES)


def rows_held_of(contact: Contact) -> Iterator[Row]:
    keys = [contact.address_key, *(other.address_key for other in other_addresses(contact.pk))]
    found = HeldRow.objects.filter(address_key__in=keys).order_by("pk")
    for name, *others in found.values_list("run__file_name", *ROWS[1:]):
        yield dict(zip(ROWS, (name, *others), strict=True))


def waiting_of(contact: Contact) -> Iterator[Row]:
    found = PendingSignUp.objects.filter(contact=contact).order_by("pk")
    for title, *others in found.values_list("form__title", *WAITING[1:]):
        yield dict(zip(WAITING, (title, *others), strict=True))


def silence_of(contact: Contact) -> Iterator[Row]:
    found = SunsetStanding.objects.filter(contact=contact).order_by("pk")
    for name, *others in found.values_list("mailing_list__name", *SILENCE[1:]):
        yield dict(zip(SILENCE, (name, *others), strict=True))


def farewells_of(contact: Contact) -> Iterator[Row]:
    yield from Farewell.objects.filter(contact=contact).order_by("pk").values(*FAREWELLS)


def requests_of(contact: Contact) -> Iterator[Row]:
    for request in contact.privacy_requests.order_by("pk").prefetch_related("steps"):
        steps: list[PrivacyStep] = sorted(request.steps.all(), key=lambda step: step.pk)
        yield {
            "request": request.pk,
            **{name: getattr(request, name) for name in REQUESTS[1:-1]},
            "history": [f"{step.happened_at.isoformat()} {step.actor}: {step.text}" for step in steps],
        }
