"""A large installation in one database: a million people, a thousand campaigns, millions of events."""

import time
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry, Organisation, User
from accounts.types import Role
from bench.past import make_campaigns
from bench.people import make_people
from bench.stand import empty_database
from deliverability.models import Lane, Provider, Stream
from subscribers.models import ImportRun, MailingList
from subscribers.services.imports import receive_upload

OWNER = "paula@roastery.example"


def build(people: int) -> float:
    """An empty database filled in a few minutes; returns the seconds it took."""
    started = time.perf_counter()
    empty_database()
    owner = make_team()
    make_streams()
    make_people(people)
    make_campaigns(people)
    _make_imports(owner)
    with connection.cursor() as cursor:
        # What autovacuum does soon after on a living installation: statistics, and the visibility map.
        cursor.execute("VACUUM ANALYZE")
    return time.perf_counter() - started


def make_team() -> User:
    Organisation.objects.create(name="The roastery", postal_address="Torstraße 1\n10119 Berlin\nGermany")
    owner = User.objects.create_user(OWNER, role=Role.OWNER, first_name="Paula", time_zone="Europe/Berlin")
    for number in range(11):
        User.objects.create_user(f"member{number}@roastery.example", role=Role.MARKETER)
    AuditEntry.objects.bulk_create(AuditEntry(actor="Paula", text=f"Changed lane {n}") for n in range(5_000))
    return owner


def make_streams() -> None:
    provider = Provider.objects.create(name="Relay", host="127.0.0.1", security=Provider.Security.NONE)
    for kind in ("marketing", "transactional"):
        stream = Stream.objects.create(
            slug=kind,
            name=kind.title(),
            kind=kind,
            provider=provider,
            from_email=f"news@{kind}.roastery.example",
            bounce_domain=f"bounces.{kind}.roastery.example",
        )
        Lane.objects.create(stream=stream, mailbox_provider="*")


def _make_imports(owner: User) -> None:
    finished = timezone.now() - timedelta(hours=2)
    news = MailingList.objects.get(slug="list-0")
    facts = {"mailing_list": news, "consent_source": "Shop", "basis": "express", "rows": 5_000, "created": 4_900}
    for number in range(200):
        ImportRun.objects.create(
            file_name=f"shop-{number}.csv", state=ImportRun.State.FINISHED, finished_at=finished, **facts
        )
    ImportRun.objects.create(file_name="now.csv", state=ImportRun.State.RUNNING, upload="now/now.csv", **facts)
    lines = [b"email,first name,city\n", *(f"p{n}@shop.example,Anna,Berlin\n".encode() for n in range(2_000))]
    receive_upload(actor=owner, file_name="people.csv", blocks=lines)
