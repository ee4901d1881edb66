"""A process that sends into the simulated internet: sets the installation up, or drains like a Celery worker."""

# ruff: noqa: E402  settings come first

import json
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection

from deliverability.models import Provider, Stream, WayLimit
from deliverability.services.composers import register_composer
from deliverability.services.dispatch import drain
from deliverability.services.mailings import open_mailing
from deliverability.services.outbox import enqueue_selected
from deliverability.types import MailingBrief, OutgoingMessage, Skipped, StreamKind

# A task's length in production; a worker then starts another one.
DRAIN_SECONDS = 50


class Letters:
    """Short letters, so that the simulation measures the lanes and not the machine."""

    def compose(self, mailing: MailingBrief, recipient_ids: Sequence[int]) -> Iterator[OutgoingMessage | Skipped]:
        for one in recipient_ids:
            data = f"Message-ID: <{mailing.id}.{one}@huila.example>\r\n\r\nHello\r\n".encode()
            yield OutgoingMessage(one, f"{one}@person.example", "b@bounces.huila.example", data)


def prepare(ways: list[dict[str, Any]]) -> None:
    """One way out for each server, with as many streams over it as are asked for, each with a mailing."""
    call_command("migrate", verbosity=0)
    for way in ways:
        word = way["name"]
        provider = Provider.objects.create(
            name=word, host="127.0.0.1", port=way["port"], security="none", max_connections=100, paces_itself=False
        )
        if way["limits"]:
            WayLimit.objects.create(provider=provider, mailbox_provider=word, **way["limits"])
        for number in range(way["streams"]):
            stream = Stream.objects.create(
                slug=f"{word}-{number}",
                name=f"{word} {number}",
                kind="marketing",
                provider=provider,
                from_email="hello@huila.example",
                bounce_domain="bounces.huila.example",
            )
            enqueue(stream, word, way["recipients"] // way["streams"])


def enqueue(stream: Stream, word: str, recipients: int) -> None:
    mailing = open_mailing(stream_id=stream.pk, composer="letters", reference=stream.slug)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS chosen")
        cursor.execute(
            "CREATE TEMP TABLE chosen AS SELECT %s * 10000000::bigint + n AS contact_id, %s AS mailbox_provider,"
            " 0::smallint AS priority FROM generate_series(1, %s) AS n",
            [stream.pk, word, recipients],
        )
    enqueue_selected(mailing_id=mailing.pk, table="chosen")


def drain_for_ever(owner: str) -> None:
    run = 0
    while True:
        run += 1
        drain(kind=StreamKind.MARKETING, owner=f"{owner}.{run}", seconds=DRAIN_SECONDS)


if __name__ == "__main__":
    register_composer("letters", Letters())
    if sys.argv[1] == "prepare":
        prepare(json.loads(sys.argv[2]))
    else:
        drain_for_ever(sys.argv[2])
