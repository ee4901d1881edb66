"""What most Django projects do: a Celery task, a template render and a new connection for each message."""

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
    contact = Contact.objects.get(pk=contact_id)
    context = Context({"contact": contact})
    # Read and parsed once per task, as a template loader without a cache in a naive project does it.
    html = Template((DATA / "naive.html").read_text()).render(context)
    connection = get_connection(
        "django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=int(os.environ["NAIVE_PORT"])
    )
    mail = EmailMultiAlternatives(
        "News", "Plain text", "naive@bench.example", [f"naive.{contact.email}"], connection=connection
    )
    mail.attach_alternative(html, "text/html")
    mail.send()


def write_template(version_id: int) -> None:
    """The same mail as a Django template: our own HTML with the name left open."""
    links = MessageLinks(
        unsubscribe_url="https://bench.example/u",
        preferences_url="https://bench.example/p",
        click_prefix=None,
        open_pixel_url=None,
        dynamic_click=None,
    )
    rendered = merge_plan(version_id).render({"contact": {"first_name": "NAME-HERE"}}, links)
    html = message_from_bytes(rendered, policy=policy.default).get_body(("html",))
    assert html is not None
    text = html.get_content().replace("NAME-HERE", "{{ contact.first_name|default:'there' }}")
    (DATA / "naive.html").write_text(text)


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
