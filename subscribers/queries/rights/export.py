"""Everything that we hold about one person, section by section (GDPR Art. 15 and 20; CCPA 1798.110)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from deliverability.queries import recipient_record
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


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of thing that we hold. `rows` reads it anew at each call, a few hundred rows at a time.

    `about` says in plain words what the rows are; their keys are `columns`, in this order.
    """

    name: str
    about: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterator[Row]]


# What apps above hold of a person: asked with the contact's id and address.
Elsewhere = Callable[[int, str], Section]
_elsewhere: list[Elsewhere] = []


def register_section(section: Elsewhere) -> None:
    """Called from AppConfig.ready by apps above that hold something about people."""
    _elsewhere.append(section)


def everything_about(contact_id: int) -> dict[str, list[Row]]:
    """All sections by name, in memory; `sections_about` reads as much piece by piece. Raises Contact.DoesNotExist.

    Keys: `profile`, `custom_fields`, `lists`, `consent`, `mail_events`, `mail_summary`, `activities`,
    `activity_totals`, `suppressions`, `other_addresses`, `identifiers`, `score`, `merges`, `changes`,
    `rows_held`,
    `sign_ups_waiting`, `silence`, `farewells`, `requests`, and those of apps above. Each holds rows
    with the keys that its `Section.columns` name; moments are datetimes in UTC.
    """
    return {section.name: list(section.rows()) for section in sections_about(contact_id)}


def sections_about(contact_id: int) -> list[Section]:
    """Raises Contact.DoesNotExist."""
    contact = Contact.objects.get(pk=contact_id)
    own = [
        Section("profile", "Who you are, as far as we know.", _PROFILE, lambda: iter([_profile(contact)])),
        Section("custom_fields", "What else we noted about you.", ("key", "label", "value"), lambda: _custom(contact)),
        Section("lists", "The lists you were on, and where you stand with each.", _LISTS, lambda: _lists(contact)),
        Section(
            "consent",
            "Everything you ever said about mail from us, with the words you were shown and what proves it.",
            _CONSENT,
            lambda: _consent(contact),
        ),
        Section(
            "mail_events",
            "What happened to every mail to you, such as that it arrived or that you opened it.",
            recipient_record.COLUMNS,
            lambda: chain.from_iterable(map(recipient_record.recorded_events, ids_of(contact.pk))),
        ),
        Section("mail_summary", "The same, summed up, as we use it.", _SUMMARY, lambda: _summary(contact)),
        Section("activities", "What you did in our shop or app.", _ACTIVITIES, lambda: _activities(contact)),
        Section("activity_totals", "The same, summed up.", _TOTALS, lambda: _totals(contact)),
        Section("suppressions", "Why your address gets or got no mail.", _HELD, lambda: _held(contact)),
        Section(
            "other_addresses",
            "Other addresses of yours that we know, with what we knew of you under them.",
            _PROFILE,
            lambda: map(_profile, other_addresses(contact.pk)),
        ),
        Section("identifiers", "How other systems call you.", _IDENTIFIERS, lambda: _identifiers(contact)),
        Section("score", "How much you did with our mail and shop, as we reckon it.", _SCORE, lambda: _score(contact)),
        Section("merges", "Contacts that turned out to be you.", _MERGES, lambda: _merges(contact)),
        Section("changes", "When our team changed what we know of you.", _CHANGES, lambda: _changes(contact)),
        Section("rows_held", "Rows of files about you that we did not import.", _ROWS, lambda: _rows_held(contact)),
        Section("sign_ups_waiting", "Sign-ups that you have not confirmed.", _WAITING, lambda: _waiting(contact)),
        Section("silence", "Lists whose mail you have long not reacted to.", _SILENCE, lambda: _silence(contact)),
        Section("farewells", "Why you left, where you told us.", _FAREWELLS, lambda: _farewells(contact)),
        Section("requests", "What you asked of us about your data.", _REQUESTS, lambda: _requests(contact)),
    ]
    return own + [ask(contact.pk, contact.email) for ask in _elsewhere]


_PROFILE = (
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
_LISTS = ("list", "state", "frequency", "allowed_by_entry", "consent_expires_at", "changed_at")
_CONSENT = (
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
_SUMMARY = ("sent_at", "opened_at", "clicked_at", "sent_count", "opened", "clicked", "mailings")
_ACTIVITIES = ("occurred_at", "name", "value", "properties")
_TOTALS = ("name", "times", "total", "last_at")
_HELD = ("address", "reason", "scope", "since", "until", "evidence", "added_by", "lifted_at", "lifted_by", "lifted_why")
_IDENTIFIERS = ("source", "external_id", "added_at")
_SCORE = ("score", "recency", "frequency", "monetary", "points", "stage", "stage_since", "computed_at")
_MERGES = ("merged_at", "merged_by", "decisions")
_CHANGES = ("changed_at", "changed_by", "parts")
_ROWS = ("file", "row", "value", "person", "state")
_WAITING = ("form", "values", "requested_at", "reminded")
_SILENCE = ("list", "step", "since", "quiet_since", "mails", "rests_until")
_FAREWELLS = ("said_at", "reason", "words")
_REQUESTS = ("request", "kind", "state", "source", "details", "received_at", "due_at", "closed_at", "history")
_AT_ONCE = 500


def _profile(contact: Contact) -> Row:
    return {name: getattr(contact, name) for name in _PROFILE}


def _custom(contact: Contact) -> Iterator[Row]:
    """Also what stands under a key that nobody declares any more, and what was known of those merged into them."""
    labels: Mapping[str, str] = dict(CustomField.objects.values_list("key", "label"))
    for each in (contact, *other_addresses(contact.pk)):
        for key, value in each.attributes.items():
            yield {"key": key, "label": labels.get(key, ""), "value": value}


def _lists(contact: Contact) -> Iterator[Row]:
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


def _consent(contact: Contact) -> Iterator[Row]:
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


def _summary(contact: Contact) -> Iterator[Row]:
    yield from MailHistory.objects.filter(contact=contact).values(*_SUMMARY)


def _activities(contact: Contact) -> Iterator[Row]:
    found = ContactActivity.objects.filter(contact=contact).order_by("occurred_at", "pk")
    yield from found.values(*_ACTIVITIES).iterator(chunk_size=_AT_ONCE)


def _totals(contact: Contact) -> Iterator[Row]:
    yield from ActivityTotal.objects.filter(contact=contact).order_by("name").values(*_TOTALS)


def _held(contact: Contact) -> Iterator[Row]:
    for each in [contact, *other_addresses(contact.pk)]:
        for held in suppressions_of(bytes(each.address_key)):
            yield {"address": each.email, **{name: getattr(held, name) for name in _HELD[1:]}}


def _identifiers(contact: Contact) -> Iterator[Row]:
    yield from contact.identifiers.order_by("source", "external_id").values(*_IDENTIFIERS)


def _score(contact: Contact) -> Iterator[Row]:
    yield from ContactScore.objects.filter(contact=contact).values(*_SCORE)


def _merges(contact: Contact) -> Iterator[Row]:
    yield from ContactMerge.objects.filter(kept=contact).order_by("pk").values(*_MERGES)


def _changes(contact: Contact) -> Iterator[Row]:
    yield from ContactChange.objects.filter(contact__in=ids_of(contact.pk)).order_by("pk").values(*_CHANGES)


def _rows_held(contact: Contact) -> Iterator[Row]:
    keys = [contact.address_key, *(other.address_key for other in other_addresses(contact.pk))]
    found = HeldRow.objects.filter(address_key__in=keys).order_by("pk")
    for name, *others in found.values_list("run__file_name", *_ROWS[1:]):
        yield dict(zip(_ROWS, (name, *others), strict=True))


def _waiting(contact: Contact) -> Iterator[Row]:
    found = PendingSignUp.objects.filter(contact=contact).order_by("pk")
    for title, *others in found.values_list("form__title", *_WAITING[1:]):
        yield dict(zip(_WAITING, (title, *others), strict=True))


def _silence(contact: Contact) -> Iterator[Row]:
    found = SunsetStanding.objects.filter(contact=contact).order_by("pk")
    for name, *others in found.values_list("mailing_list__name", *_SILENCE[1:]):
        yield dict(zip(_SILENCE, (name, *others), strict=True))


def _farewells(contact: Contact) -> Iterator[Row]:
    yield from Farewell.objects.filter(contact=contact).order_by("pk").values(*_FAREWELLS)


def _requests(contact: Contact) -> Iterator[Row]:
    for request in contact.privacy_requests.order_by("pk").prefetch_related("steps"):
        steps: list[PrivacyStep] = sorted(request.steps.all(), key=lambda step: step.pk)
        yield {
            "request": request.pk,
            **{name: getattr(request, name) for name in _REQUESTS[1:-1]},
            "history": [f"{step.happened_at.isoformat()} {step.actor}: {step.text}" for step in steps],
        }
