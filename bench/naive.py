"""What most Django projects do: for each message a Celery task, two template renders, a connection and a row."""

import os
import sys
import time
from email import message_from_bytes, policy

import django
from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.mail import EmailMultiAlternatives, get_connection  # noqa: E402
from django.db import connection  # noqa: E402
from django.template import Context, Template  # noqa: E402

from bench.stand import DATA, Sink, running  # noqa: E402
from subscribers.models import Contact  # noqa: E402
from templates_app.queries.plans import merge_plan  # noqa: E402
from templates_app.types import MessageLinks  # noqa: E402

app = Celery("naive", broker=settings.REDIS_URL)
app.conf.task_default_queue = "naive"
app.conf.task_ignore_result = True


@app.task(name="naive.send")
def send(contact_id: int) -> None:
    """Both parts from templates, and a row that says so: without one, a second run would send everything twice."""
    contact = Contact.objects.get(pk=contact_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM naive_sent WHERE contact_id = %s", [contact_id])
        if cursor.fetchone():
            return
    context = Context({"contact": contact})
    # Read and parsed once per task, as a template loader without a cache in a naive project does it.
    text, html = (Template((DATA / f"naive.{part}").read_text()).render(context) for part in ("txt", "html"))
    server = get_connection(
        "django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=int(os.environ["NAIVE_PORT"])
    )
    mail = EmailMultiAlternatives("News", text, "naive@bench.example", [f"naive.{contact.email}"], connection=server)
    mail.attach_alternative(html, "text/html")
    mail.send()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO naive_sent (contact_id, sent_at) VALUES (%s, now())", [contact_id])


def prepare(version_id: int) -> None:
    """The same mail as Django templates, our own parts with the name left open, and the table of who got it."""
    links = MessageLinks(unsubscribe_url="https://bench.example/u", preferences_url="https://bench.example/p")
    rendered = merge_plan(version_id).render({"contact": {"first_name": "NAME-HERE"}}, links)
    mail = message_from_bytes(rendered, policy=policy.default)
    for kind, name in (("plain", "txt"), ("html", "html")):
        part = mail.get_body((kind,))
        assert part is not None
        text = part.get_content().replace("NAME-HERE", "{{ contact.first_name|default:'there' }}")
        (DATA / f"naive.{name}").write_text(text)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE naive_sent (contact_id bigint PRIMARY KEY, sent_at timestamptz NOT NULL)")


def messages_per_second(sink: Sink, messages: int) -> float:
    """Rate from the first task queued to the last message recorded by the sink."""
    contact_ids = list(Contact.objects.order_by("id").values_list("id", flat=True)[:messages])
    os.environ["NAIVE_PORT"] = str(sink.port)
    worker = (sys.executable, "-m", "celery", "-A", "bench.naive", "worker", "-Q", "naive", "-c", "2", "-l", "WARNING")
    with running(*worker, log="naive.log"):
        send.delay(contact_ids[0])
        _await_messages(sink, 1)
        started = time.time()
        for contact_id in contact_ids[1:]:
            send.delay(contact_id)
        _await_messages(sink, len(contact_ids))
        # The record's last write, not our polling, says when the last message arrived.
        return (len(contact_ids) - 1) / (sink.record.stat().st_mtime - started)


def _await_messages(sink: Sink, wanted: int) -> None:
    deadline = time.monotonic() + 300
    while sum(count for name, count in sink.delivered().items() if name.startswith("naive.")) < wanted:
        if time.monotonic() > deadline:
            raise SystemExit(f"The naive sender stalled; its log says why: {DATA / 'naive.log'}")
