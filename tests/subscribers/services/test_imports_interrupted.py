"""Imports that are killed, that run at once, and that are large."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason
from subscribers.models import ConsentRecord, Contact, ImportChunk, ImportRun, Subscription
from subscribers.services.imports import ImportOrder, import_contacts
from subscribers.services.ledger import prove_ledger
from subscribers.services.subscriptions import unsubscribe
from subscribers.types import Origin
from tests.factories.subscribers import MailingListFactory, subscribed

ROWS = 60_000
MILLION = 1_000_000
SUPPRESSED = [f"p{number}@example.com" for number in range(0, ROWS, 1000)]
ROOT = Path(__file__).parents[3]


def environment() -> dict[str, str]:
    database = settings.DATABASES["default"]
    url = f"postgresql://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    return {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}


def table(path: Path, rows: int) -> Path:
    with path.open("w") as file:
        file.write("Email,First name\n")
        file.writelines(f"p{number}@example.com,Person {number % 997}\n" for number in range(rows))
    return path


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_goes_on_and_ends_as_if_nothing_had_been(tmp_path: Path) -> None:
    news = MailingListFactory.create(slug="news")
    suppress(addresses=SUPPRESSED, scope=Scope.MARKETING, reason=SuppressionReason.UNSUBSCRIBE)
    file, rejects = table(tmp_path / "people.csv", ROWS), tmp_path / "rejects.csv"
    statement = "Paper form, fair in Lyon"
    command = [sys.executable, "manage.py", "import_contacts", str(file), "--list", "news", "--rejects", str(rejects)]
    child = subprocess.Popen([*command, "--consent-source", statement], cwd=ROOT, env=environment())
    deadline = time.monotonic() + 120
    while not ImportRun.objects.filter(created__gt=0).exists():
        assert child.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    survived = Contact.objects.count()
    assert 0 < survived < ROWS

    order = ImportOrder(path=file, list_slug="news", consent_source=statement, actor="alice", rejects_path=rejects)
    result = import_contacts(order=order)

    assert result.resumed
    assert ImportRun.objects.get().state == ImportRun.State.FINISHED
    assert (result.tally.created, result.tally.unchanged) == (ROWS, 0)
    assert (result.tally.subscribed, result.tally.kept_out) == (ROWS - len(SUPPRESSED), len(SUPPRESSED))
    assert Contact.objects.count() == ROWS
    assert Subscription.objects.filter(mailing_list=news, state="subscribed").count() == ROWS - len(SUPPRESSED)
    assert ConsentRecord.objects.count() == ROWS - len(SUPPRESSED)
    kept_out = Path(result.kept_out_path).read_text("utf-8-sig").splitlines()[1:]
    assert sorted(line.split(",")[2] for line in kept_out) == sorted(SUPPRESSED)


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_the_same_people_do_not_deadlock(tmp_path: Path) -> None:
    slugs = ["news", "offers"]
    for slug in slugs:
        MailingListFactory.create(slug=slug)
    rows = table(tmp_path / "forward.csv", 8_000).read_text().splitlines(keepends=True)
    (tmp_path / "backward.csv").write_text("".join([rows[0], *reversed(rows[1:])]))
    failures: list[BaseException] = []

    def bring_in(slug: str, name: str) -> None:
        try:
            facts = {"list_slug": slug, "consent_source": "Paper form in Lyon", "actor": "alice"}
            import_contacts(order=ImportOrder(path=tmp_path / name, rejects_path=tmp_path / f"{slug}.csv", **facts))
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=bring_in, args=pair)
        for pair in zip(slugs, ["forward.csv", "backward.csv"], strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Contact.objects.count() == 8_000
    assert Subscription.objects.filter(state="subscribed").count() == 16_000


@pytest.mark.django_db(transaction=True)
def test_who_leaves_while_an_import_writes_has_left(tmp_path: Path) -> None:
    """The departure waits for the chunk or comes before it: either way the last word is no."""
    news = MailingListFactory.create(slug="news")
    person = subscribed(news, email="p4000@example.com")
    file = table(tmp_path / "people.csv", 8_000)
    order = ImportOrder(
        path=file, list_slug="news", consent_source="Paper form in Lyon", actor="a", rejects_path=tmp_path / "r.csv"
    )

    def leave(phase: str, done: int, total: int) -> None:
        if phase == "reading" and not left.is_set():
            left.set()
            thread.start()

    def unsubscribe_now() -> None:
        unsubscribe(contact_id=person.pk, mailing_list_id=news.pk, origin=Origin(source="page", actor="the person"))
        connection.close()

    left, thread = threading.Event(), threading.Thread(target=unsubscribe_now)
    import_contacts(order=order, progress=leave)
    thread.join()
    assert Subscription.objects.get(contact=person).state == "unsubscribed"
    assert person.consents.order_by("id").last().action == "withdrawn"


_MEASURE = """
import json, resource, sys, django
django.setup()
from pathlib import Path
from subscribers.services.imports import ImportOrder, import_contacts

def megabytes():
    pages = int(open("/proc/self/statm").read().split()[1])
    return pages * resource.getpagesize() / 1e6

seen = []
def progress(phase, done, total):
    seen.append((phase, done / total, megabytes()))

order = ImportOrder(path=Path(sys.argv[1]), list_slug="news", consent_source="Paper form in Lyon", actor="a",
                    rejects_path=Path(sys.argv[1] + ".rejects.csv"))
result = import_contacts(order=order, progress=progress)
warm = next(size for phase, share, size in seen if share >= 0.05)
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({**result.as_json(), "growth_mb": max(size for *_, size in seen) - warm,
                  "peak_mb": usage.ru_maxrss / 1024, "cpu_seconds": usage.ru_utime + usage.ru_stime}))
"""


def _import_until(file: Path, created: int) -> None:
    """In a process of its own, which is killed in the middle of its work once so many people are there."""
    child = subprocess.Popen([sys.executable, "-c", _MEASURE, str(file)], cwd=ROOT, env=environment())
    deadline = time.monotonic() + 300
    while not ImportRun.objects.filter(created__gt=created).exists():
        assert child.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert created < Contact.objects.count() < MILLION


@pytest.mark.scale
@pytest.mark.timeout(900)
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads resident memory from Linux's /proc")
@pytest.mark.django_db(transaction=True)
def test_a_million_rows_survive_two_kills_in_flat_memory_with_exactly_the_right_ledger(tmp_path: Path) -> None:
    news = MailingListFactory.create(slug="news")
    left = [f"p{number}@example.com" for number in range(0, MILLION, 1000)]
    suppress(addresses=left, scope=Scope.MARKETING, reason=SuppressionReason.UNSUBSCRIBE)
    file = table(tmp_path / "million.csv", MILLION)
    _import_until(file, 200_000)
    _import_until(file, 600_000)
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(file)], cwd=ROOT, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout)
    assert measured["growth_mb"] < 30, measured

    granted = MILLION - len(left)
    assert (measured["created"], measured["subscribed"], measured["kept_out"]) == (MILLION, granted, len(left))
    assert Contact.objects.count() == Contact.objects.values("email").distinct().count() == MILLION
    entries = ConsentRecord.objects.filter(action="granted", mailing_list=news)
    assert entries.count() == entries.values("contact").distinct().count() == ConsentRecord.objects.count() == granted
    assert Subscription.objects.filter(state="subscribed", consent__in=entries).count() == granted
    assert not ConsentRecord.objects.filter(contact__email__in=left).exists()
    assert prove_ledger().holds
    # What undoes it knows each of them once, too.
    chunks = ImportChunk.objects.filter(run=ImportRun.objects.get())
    created = {contact for chunk in chunks for contact in chunk.created}
    assert len(created) == sum(len(chunk.created) for chunk in chunks) == MILLION
    assert sum(len(chunk.granted) for chunk in chunks) == granted
