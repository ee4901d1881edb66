"""A million people with permissions, in sets: what the audience screens meet in a large installation."""

import json
import random
from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from deliverability.queries.mailbox_providers import mailbox_provider_of
from deliverability.queries.suppressions import address_keys
from deliverability.types import Scope, SuppressionReason
from subscribers.models import ConsentWording, CustomField, MailingList, SavedView

# Of a hundred addresses, those at each domain.
SHARES = {"gmail.com": 40, "outlook.com": 18, "yahoo.com": 12, "icloud.com": 8, "gmx.de": 7, "company.example": 15}
# fmt: off
FIRST_NAMES = (
    "Anna", "Andrea", "Anton", "Ben", "Carla", "Clara", "Daniel", "David", "Elena", "Emil", "Emma", "Eva", "Felix",
    "Finn", "Frieda", "Greta", "Hannah", "Hugo", "Ida", "Jakob", "Jana", "Johann", "Jonas", "Julia", "Karl", "Lara",
    "Laura", "Lea", "Leon", "Lina", "Luca", "Luis", "Maria", "Marie", "Martin", "Max", "Mia", "Mila", "Mira", "Nina",
    "Noah", "Olga", "Oskar", "Paul", "Paula", "Peter", "Rosa", "Sara", "Sofia", "Theo", "Tim", "Tom", "Vera", "Victor",
)
# fmt: on
ROOTS, ENDINGS = ("Acker", "Berg", "Bach", "Feld", "Hoch", "Stein", "Wald"), ("mann", "er", "hof", "ner", "ling")
LAST_NAMES = [root + ending for root in ROOTS for ending in ENDINGS]
# The share of all people on each list.
LISTS = {"The monthly roast": 1.0, "Offers": 0.35, "Tastings": 0.05, **{f"Topic {n}": 0.01 for n in range(1, 10)}}
DAYS = 900
ZONES = (
    "Europe/Berlin", "Europe/Paris", "", "Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles",
    "Europe/Berlin", "Asia/Tokyo", "Australia/Sydney",
)  # fmt: skip
_CONTACTS = """
COPY subscribers_contact (email, address_key, first_name, last_name, locale, time_zone, country, attributes,
    mailbox_provider, tracks_opens, tracks_clicks, paused_until, engaged_at, created_at, updated_at) FROM STDIN
"""
_CONSENTS = """
INSERT INTO subscribers_consentrecord (contact_id, mailing_list_id, purpose, action, basis, wording_id, source, actor,
    user_agent, jurisdiction, occurred_at, recorded_at)
SELECT id, %(list)s, 'subscription', 'granted', 'double_opt_in', %(wording)s, 'https://roastery.example/newsletter',
    'the person', '', country, created_at, created_at FROM subscribers_contact WHERE id %% 1000 < %(share)s
"""
# Of a hundred on a list two have left and one has not confirmed.
_SUBSCRIPTIONS = """
INSERT INTO subscribers_subscription (contact_id, mailing_list_id, state, consent_id, changed_at, frequency)
SELECT contact_id, mailing_list_id, CASE WHEN id %% 100 < 2 THEN 'unsubscribed' WHEN id %% 100 = 2 THEN 'pending'
    ELSE 'subscribed' END, CASE WHEN id %% 100 > 2 THEN id END, occurred_at,
    CASE id %% 50 WHEN 7 THEN 'weekly' WHEN 8 THEN 'monthly' ELSE 'every' END
FROM subscribers_consentrecord WHERE mailing_list_id = %(list)s
"""
_SUPPRESSIONS = """
INSERT INTO deliverability_suppression (address_key, address, scope, reason, evidence, created_at)
SELECT address_key, email, %(scope)s, %(reason)s, '550 5.1.1 no such user', now() - id %% 900 * interval '1 day'
FROM subscribers_contact WHERE id %% %(one_in)s = 11
"""


def make_people(count: int) -> None:
    """Contacts by COPY, the rest from them by INSERT … SELECT."""
    for key in ("city", "tier", "points", "favourites"):
        CustomField.objects.create(key=key, label=key.title())
    SavedView.objects.create(name="On Gmail", query="provider=google", saved_by="Paula")
    with connection.cursor() as cursor:
        with cursor.copy(_CONTACTS) as copy:
            for row in _contacts(count):
                copy.write_row(row)
        _subscribe(cursor)
        for reason, one_in in ((SuppressionReason.HARD_BOUNCE, 250), (SuppressionReason.COMPLAINT, 2_501)):
            scope = Scope.EVERYTHING if reason == SuppressionReason.HARD_BOUNCE else Scope.MARKETING
            cursor.execute(_SUPPRESSIONS, {"scope": scope.value, "reason": reason.value, "one_in": one_in})


def _subscribe(cursor: object) -> None:
    wording = ConsentWording.objects.create(name="newsletter", text="Yes, write to me. I can leave at any time.")
    for number, (name, share) in enumerate(LISTS.items()):
        made = MailingList.objects.create(name=name, slug=f"list-{number}")
        values = {"list": made.pk, "wording": wording.pk, "share": round(1000 * share)}
        cursor.execute(_CONSENTS, values)  # type: ignore[attr-defined]
        cursor.execute(_SUBSCRIPTIONS, values)  # type: ignore[attr-defined]


def _contacts(count: int) -> Iterator[tuple[object, ...]]:
    chance, now = random.Random(1), timezone.now()
    domains = chance.choices(list(SHARES), list(SHARES.values()), k=count)
    providers = {domain: mailbox_provider_of(f"a@{domain}") for domain in SHARES}
    names = [(chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)) for _ in range(count)]
    emails = [f"{a}.{b}{n}@{domains[n]}".lower() for n, (a, b) in enumerate(names)]
    for number, (email, key) in enumerate(zip(emails, address_keys(emails), strict=True)):
        joined = now - timedelta(days=DAYS * (1 - number / count))
        seen = min(now, joined + timedelta(days=number % 400)) if number % 2 else None
        paused = now + timedelta(days=20) if number % 200 == 7 else None
        facts = json.dumps({"city": f"City {number % 97}", "points": number % 1000})
        tracked = number % 5 > 0
        yield (
            email, key, *names[number], "de", ZONES[number % len(ZONES)], "DE", facts, providers[domains[number]],
            tracked, tracked, paused, seen, joined, joined,
        )  # fmt: skip
