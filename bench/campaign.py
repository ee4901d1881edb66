"""A real campaign as the product sends it: import, review, freeze, Celery workers, SMTP, events."""

import csv
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command

from accounts.models import Organisation
from accounts.services.permission import SENDWELL
from bench.people import SHARES
from bench.stand import DATA, ROOT, Sink, cpu_seconds, empty_database, family, peak_rss_mb, running
from campaigns.models import Campaign
from campaigns.services.review import review
from campaigns.services.schedule import schedule
from campaigns.tasks import start_due
from deliverability.models import Provider, Stream
from deliverability.queries.progress import mailing_progress
from subscribers.models import MailingList
from templates_app.models import Template

STALL_SECONDS = 300


@dataclass(frozen=True)
class Run:
    """One campaign, from the moment it was due until no batch was open."""

    messages_per_second: float
    worker_cpu_us_per_message: float
    peak_rss_mb: float
    lost: int
    duplicated: int


def prepare(recipients: int, sink: Sink) -> None:
    """A fresh database with an organisation, a stream to the sink, a list of `recipients` and a 25 KB template."""
    empty_database()
    Organisation.objects.create(name="Bench", postal_address="1 Loopback Road", website="https://bench.example")
    provider = Provider.objects.create(
        name="sink", host="127.0.0.1", port=sink.port, security=Provider.Security.NONE, max_connections=20
    )
    for kind in ("marketing", "transactional"):
        Stream.objects.create(
            slug=kind,
            name=kind,
            kind=kind,
            provider=provider,
            from_email=f"news@{kind}.bench.example",
            bounce_domain=f"bounces.{kind}.bench.example",
        )
    contacts = str(_contacts(recipients))
    call_command("import_contacts", contacts, "--list=bench", "--consent-source=A form of the bench")
    Template.objects.create(
        name="bench", source=(ROOT / "templates_app" / "starters" / "announcement.mjml").read_text()
    )


@contextmanager
def workers() -> Iterator[int]:
    """Two bulk processes, as the Procfile starts them, and one for beat's own jobs. Yields the bulk parent's pid."""
    celery = (sys.executable, "-m", "celery", "-A", "config", "worker", "-l", "WARNING")
    with (
        running(*celery, "-Q", "bulk", "-c", "2", "-n", "bulk@bench", log="bulk.log") as bulk,
        running(*celery, "-Q", "periodic,events", "-c", "1", "-B", "-n", "beat@bench", log="beat.log"),
    ):
        time.sleep(8)
        yield bulk.pid


def send(sink: Sink, bulk_pid: int, number: int) -> Run:
    sink.forget()
    campaign = _campaign(number)
    workers_before = cpu_seconds(family(bulk_pid))
    started = time.perf_counter()
    # What beat does when the moment has come; the worker freezes the audience and starts the drains.
    start_due.delay()
    while campaign.mailing_id is None or not mailing_progress(campaign.mailing_id).is_finished:
        campaign.refresh_from_db(fields=["mailing_id", "audience_count"])
        if time.perf_counter() - started > STALL_SECONDS:
            raise SystemExit(f"The campaign stalled; the workers' log says why: {DATA / 'bulk.log'}")
        time.sleep(0.05)
    seconds = time.perf_counter() - started
    cpu = cpu_seconds(family(bulk_pid)) - workers_before
    delivered = sink.delivered()
    sent = campaign.audience_count or 0
    return Run(
        messages_per_second=sent / seconds,
        worker_cpu_us_per_message=cpu / sent * 1e6,
        peak_rss_mb=peak_rss_mb(family(bulk_pid)[1:]),
        lost=sent - len(delivered),
        duplicated=sum(delivered.values()) - len(delivered),
    )


def version_id() -> int:
    """The content of the last campaign."""
    found = Campaign.objects.order_by("-id").values_list("version_id", flat=True)[0]
    assert found is not None
    return found


def _campaign(number: int) -> Campaign:
    stream = Stream.objects.get(slug="marketing")
    campaign = Campaign.objects.create(
        name=f"Bench {number}",
        subject="{{ contact.first_name | default: 'Hello' }}, the news of the month",
        from_name="Bench",
        from_email=stream.from_email,
        mailing_list=MailingList.objects.get(slug="bench"),
        template=Template.objects.get(name="bench"),
        stream=stream,
        undo_seconds=0,
    )
    problems = review(campaign_id=campaign.pk, actor=SENDWELL).must_fix
    if problems:
        raise SystemExit(f"The bench's campaign cannot be sent: {problems[0]}")
    schedule(campaign_id=campaign.pk, actor=SENDWELL)
    return campaign


def _contacts(recipients: int) -> Path:
    path = DATA / "contacts.csv"
    chosen = random.Random(1).choices(list(SHARES), list(SHARES.values()), k=recipients)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["email", "first_name", "last_name", "country"])
        writer.writerows((f"person{n}@{domain}", f"Name{n % 5000}", "Bench", "DE") for n, domain in enumerate(chosen))
    return path
