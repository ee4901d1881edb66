"""A process for the chaos tests: sets an installation up, sends like a Celery worker until killed, or weighs itself."""

# ruff: noqa: E402, T201  settings come first; the test reads what is printed

import math
import os
import resource
import sys
import time
from collections.abc import Iterator, Sequence

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

from deliverability import conf

# A kill then costs the test a few seconds of waiting, not thirty.
conf.LEASE_SECONDS = 6

django.setup()

from django.core.management import call_command
from django.db import connection

from deliverability.models import DeliveryBatch, Mailing, Provider, RouteStep, Stream
from deliverability.services.composers import register_composer
from deliverability.services.dispatch import drain
from deliverability.services.mailings import open_mailing
from deliverability.services.outbox import enqueue_one, enqueue_selected
from deliverability.services.patience import OUTAGES
from deliverability.tasks.drain import kick_transactional
from deliverability.tasks.routes import knock, settle_unknown_fates
from deliverability.types import EventKind, MailingBrief, OutgoingMessage, Skipped, StreamKind


class ChaosComposer:
    """Touches the database as real composers do, so that its restart also strikes here."""

    def compose(self, mailing: MailingBrief, recipient_ids: Sequence[int]) -> Iterator[OutgoingMessage | Skipped]:
        Mailing.objects.get(pk=mailing.id)
        for one in recipient_ids:
            data = f"Message-ID: <{mailing.id}.{one}@huila.example>\r\n\r\nHello\r\n".encode()
            yield OutgoingMessage(one, f"{one}@gmail.example", "b@bounces.huila.example", data)


def prepare(port: int, recipients: int, connections: int, kind: str = "smtp") -> None:
    call_command("migrate", verbosity=0)
    provider = Provider.objects.create(
        name="sink", kind=kind, host="127.0.0.1", port=port, security="none", max_connections=connections
    )
    stream = Stream.objects.create(
        slug="marketing",
        name="Marketing",
        kind="marketing",
        provider=provider,
        from_email="hello@huila.example",
        bounce_domain="bounces.huila.example",
    )
    enqueue(stream, recipients)
    Stream.objects.create(
        slug="transactional",
        name="Transactional",
        kind="transactional",
        provider=provider,
        from_email="hello@huila.example",
        bounce_domain="bounces.huila.example",
    )


def add_way(port: int, connections: int) -> None:
    """Another provider for when the first one fails."""
    stream = Stream.objects.get(kind="marketing")
    second = Provider.objects.create(
        name="second", host="127.0.0.1", port=port, security="none", max_connections=connections
    )
    for tier, provider in enumerate((stream.provider, second), start=1):
        RouteStep.objects.create(stream=stream, provider=provider, tier=tier)


def beat() -> None:
    """What beat has done every few seconds."""
    while True:
        knock()
        settle_unknown_fates()
        time.sleep(1)


def enqueue(stream: Stream, recipients: int, mailbox_providers: int = 3) -> None:
    mailing = open_mailing(stream_id=stream.pk, composer="chaos", reference=str(recipients))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS chosen")
        cursor.execute(
            "CREATE TEMP TABLE chosen AS SELECT n::bigint AS contact_id, 'provider' || mod(n, %s) AS mailbox_provider,"
            " 0::smallint AS priority FROM generate_series(1, %s) AS n",
            [mailbox_providers, recipients],
        )
    enqueue_selected(mailing_id=mailing.pk, table="chosen")


def drain_for_ever(owner: str) -> None:
    run = 0
    while True:
        run += 1
        try:
            drain(kind=StreamKind.MARKETING, owner=f"{owner}.{run}", seconds=5)
        except OUTAGES:
            connection.close()
        time.sleep(0.1)


def weigh(few: int, many: int) -> None:
    """Print by how many MB the peak of memory rises from a small mailing to a large one."""
    prepare(0, few, 20, kind="sandbox")
    peaks = []
    for recipients in (few, many):
        if recipients == many:
            enqueue(Stream.objects.get(kind="marketing"), many)
        report = drain(kind=StreamKind.MARKETING, owner=f"weighed.{recipients}", seconds=250)
        assert report.counts[EventKind.ACCEPTED] == recipients, report
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print((peaks[1] - peaks[0]) / (1024 if sys.platform == "darwin" else 1))


def write(mails: int) -> None:
    """Write transactional mails one after the other; print the 99th percentile and the most of the seconds from the
    call to the record of the server's acceptance."""
    stream = Stream.objects.get(kind="transactional")
    mailing = open_mailing(stream_id=stream.pk, composer="chaos", reference="transactional")
    seconds = []
    for one in range(mails):
        started = time.monotonic()
        batch = enqueue_one(mailing_id=mailing.pk, recipient_id=10_000_000 + one, mailbox_provider="google")
        kick_transactional()
        while batch.state != DeliveryBatch.State.CLOSED:
            time.sleep(0.005)
            batch.refresh_from_db()
        seconds.append(time.monotonic() - started)
        # Most come while a drain lingers, some after it has left.
        time.sleep(0.05 if one % 8 else 1.5)
    seconds.sort()
    print(seconds[math.ceil(0.99 * mails) - 1], seconds[-1])


if __name__ == "__main__":
    register_composer("chaos", ChaosComposer())
    if sys.argv[1] == "prepare":
        prepare(*map(int, sys.argv[2:]))
    elif sys.argv[1] == "add_way":
        add_way(*map(int, sys.argv[2:]))
    elif sys.argv[1] == "enqueue":
        enqueue(Stream.objects.get(kind="marketing"), *map(int, sys.argv[2:]))
    elif sys.argv[1] == "beat":
        beat()
    elif sys.argv[1] == "write":
        write(*map(int, sys.argv[2:]))
    elif sys.argv[1] == "weigh":
        weigh(*map(int, sys.argv[2:]))
    else:
        drain_for_ever(sys.argv[2])
