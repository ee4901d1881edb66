"""Everything that we hold about one person, section by section (GDPR Art. 15 and 20; CCPA 1798.110)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from deliverability.queries import recipient_record
from subscribers.models import Contact
from subscribers.queries.people import ids_of, other_addresses
from subscribers.queries.rights import export_rows as held
from subscribers.queries.rights.export_rows import Row


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
    `activity_totals`, `suppressions`, `other_addresses`, `identifiers`, `score`, `merges`, `changes`, `rows_held`,
    `sign_ups_waiting`, `silence`, `farewells`, `requests`, and those of apps above. Each holds rows
    with the keys that its `Section.columns` name; moments are datetimes in UTC.
    """
    return {section.name: list(section.rows()) for section in sections_about(contact_id)}


def sections_about(contact_id: int) -> list[Section]:
    """Raises Contact.DoesNotExist."""
    contact = Contact.objects.get(pk=contact_id)
    own = [
        Section(
            "profile",
            "Who you are, as far as we know.",
            held.PROFILE,
            lambda: iter([held.profile_of(contact)]),
        ),
        Section(
            "custom_fields",
            "What else we noted about you.",
            ("key", "label", "value"),
            lambda: held.custom_of(contact),
        ),
        Section(
            "lists",
            "The lists you were on, and where you stand with each.",
            held.LISTS,
            lambda: held.lists_of(contact),
        ),
        Section(
            "consent",
            "Everything you ever said about mail from us, with the words you were shown and what proves it.",
            held.CONSENT,
            lambda: held.consent_of(contact),
        ),
        Section(
            "mail_events",
            "What happened to every mail to you, such as that it arrived or that you opened it.",
            recipient_record.COLUMNS,
            lambda: chain.from_iterable(map(recipient_record.recorded_events, ids_of(contact.pk))),
        ),
        Section(
            "mail_summary",
            "The same, summed up, as we use it.",
            held.SUMMARY,
            lambda: held.summary_of(contact),
        ),
        Section(
            "activities",
            "What you did in our shop or app.",
            held.ACTIVITIES,
            lambda: held.activities_of(contact),
        ),
        Section("activity_totals", "The same, summed up.", held.TOTALS, lambda: held.totals_of(contact)),
        Section(
            "suppressions",
            "Why your address gets or got no mail.",
            held.HELD,
            lambda: held.held_of(contact),
        ),
        Section(
            "other_addresses",
            "Other addresses of yours that we know, with what we knew of you under them.",
            held.PROFILE,
            lambda: map(held.profile_of, other_addresses(contact.pk)),
        ),
        Section(
            "identifiers",
            "How other systems call you.",
            held.IDENTIFIERS,
            lambda: held.identifiers_of(contact),
        ),
        Section(
            "score",
            "How much you did with our mail and shop, as we reckon it.",
            held.SCORE,
            lambda: held.score_of(contact),
        ),
        Section("merges", "Contacts that turned out to be you.", held.MERGES, lambda: held.merges_of(contact)),
        Section(
            "changes",
            "When our team changed what we know of you.",
            held.CHANGES,
            lambda: held.changes_of(contact),
        ),
        Section(
            "rows_held",
            "Rows of files about you that we did not import.",
            held.ROWS,
            lambda: held.rows_held_of(contact),
        ),
        Section(
            "sign_ups_waiting",
            "Sign-ups that you have not confirmed.",
            held.WAITING,
            lambda: held.waiting_of(contact),
        ),
        Section(
            "silence",
            "Lists whose mail you have long not reacted to.",
            held.SILENCE,
            lambda: held.silence_of(contact),
        ),
        Section(
            "farewells",
            "Why you left, where you told us.",
            held.FAREWELLS,
            lambda: held.farewells_of(contact),
        ),
        Section(
            "requests",
            "What you asked of us about your data.",
            held.REQUESTS,
            lambda: held.requests_of(contact),
        ),
    ]
    return own + [ask(contact.pk, contact.email) for ask in _elsewhere]
