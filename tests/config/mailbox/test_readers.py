"""The people behind the mailboxes."""

import smtplib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from config.mailbox.readers import readable
from config.mailbox.world import reader_of
from tests.config.mailbox.conftest import Start

MAIL = "7:huila"


class Site:
    """A web server that writes down who asked for what."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, bytes]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.requests.append((f"GET {self.path}", self.headers["User-Agent"], b""))
                self.send_response(302 if self.path.startswith("/click") else 200)
                self.end_headers()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                site.requests.append((f"POST {self.path}", self.headers["User-Agent"], body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever)
    thread.start()
    yield site
    site.server.shutdown()
    thread.join(5)
    site.server.server_close()


def newsletter(site: Site, to: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Feedback-ID"] = "n@huila.example", to, "News", MAIL
    message["List-Unsubscribe"] = f"<{site.url}/leave?{to}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content("plain")
    markup = f'<img src="{site.url}/pixel?a=1&amp;b=2"><a href="{site.url}/click">x</a><a href="{site.url}/leave?{to}">'
    message.add_alternative(markup + '<a href="https://elsewhere.example/">y</a>', subtype="html")
    return message


def test_each_person_does_what_the_world_says_and_it_is_counted(start: Start, site: Site) -> None:
    people = [f"person{n}@{'gmail.com' if n % 2 else 'gmx.de'}" for n in range(400)]
    expected = [(person, reader_of(person, MAIL)) for person in people]
    mailbox = start("--well-behaved", "--readers")
    with smtplib.SMTP("127.0.0.1", mailbox.smtp_port) as client:
        for person in people:
            client.send_message(newsletter(site, person))
    deadline = time.monotonic() + 30
    while mailbox.json("/api/counts")["readers_waiting"] and time.monotonic() < deadline:
        time.sleep(0.1)

    asked = Counter(line.partition("?")[0] for line, _, _ in site.requests)
    leaving = sorted(person for person, reader in expected if reader.unsubscribes)
    assert leaving
    assert asked["GET /pixel"] == sum(reader.opens for _, reader in expected)
    assert asked["GET /click"] == sum(reader.clicks for _, reader in expected) > 0
    posts = [(line, body) for line, _, body in site.requests if line.startswith("POST")]
    assert sorted(posts) == [(f"POST /leave?{person}", b"List-Unsubscribe=One-Click") for person in leaving]
    assert asked["GET /leave"] == 0
    proxied = sum("GoogleImageProxy" in agent for line, agent, _ in site.requests if line.startswith("GET /pixel"))
    assert proxied == sum(reader.opens for person, reader in expected if person.endswith("@gmail.com"))
    counts = mailbox.json("/api/counts")["by_mail"][MAIL]
    assert counts == {
        "accepted": 400,
        "opened": asked["GET /pixel"],
        "clicked": asked["GET /click"],
        "unsubscribed": len(leaving),
    }


def test_nobody_outside_this_machine_is_called() -> None:
    message = EmailMessage()
    message["List-Unsubscribe"] = "<https://news.example.org/u/x>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content("plain")
    message.add_alternative('<img src="http://10.0.0.1/p"><a href="http://127.0.0.1.nip.io/">x</a>', subtype="html")
    mail = readable(message.as_bytes())
    assert (mail.images, mail.links, mail.one_click) == ([], [], "")
