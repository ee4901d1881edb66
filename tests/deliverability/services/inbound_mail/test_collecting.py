import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from deliverability.models import Event, InboundMail, Inbox
from deliverability.services.inbound_mail import collect, save_secrets
from deliverability.tasks.inbound_mail import collect_mail
from deliverability.types import EventKind
from tests.deliverability.services.inbound_mail.conftest import Sent
from tests.deliverability.services.inbound_mail.test_receiving import DEAD, addressed, dsn
from tests.imap_server import ImapServer

LETTER = b"From: anna@example.org\r\nSubject: Hello\r\n\r\nHello\r\n"


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with ImapServer(mails=[LETTER]) as server:
        yield server


def imap_inbox(server: ImapServer, *, secret: str = "secret", client_secret: str = "", **fields: str) -> Inbox:
    inbox = Inbox.objects.create(
        name="bounces",
        kind=Inbox.Kind.IMAP,
        host="127.0.0.1",
        port=server.port,
        security=Inbox.Security.NONE,
        username=server.username,
        **fields,
    )
    save_secrets(inbox=inbox, secret=secret, client_secret=client_secret)
    return inbox


@pytest.mark.django_db
def test_bounces_come_from_imap_and_are_marked_as_seen(server: ImapServer, sent: Sent) -> None:
    server.mails.append(addressed(dsn(DEAD), sent).replace(b"\n", b"\r\n"))
    inbox = imap_inbox(server)
    assert collect(inbox_id=inbox.pk) == 2
    assert server.seen == {1, 2}
    assert Event.objects.filter(kind=EventKind.BOUNCED).count() == 1
    assert set(InboundMail.objects.values_list("source", flat=True)) == {"bounces"}
    assert collect(inbox_id=inbox.pk) == 0
    inbox.refresh_from_db()
    assert inbox.last_error == ""
    assert inbox.last_checked_at is not None


@pytest.mark.django_db
def test_what_was_not_read_through_stays_unseen(server: ImapServer) -> None:
    server.mails.append(LETTER.replace(b"Hello", b"Bye"))
    server.hang_up_at_fetch = 2
    inbox = imap_inbox(server)
    assert collect(inbox_id=inbox.pk) == 1
    inbox.refresh_from_db()
    assert "Nothing was lost" in inbox.last_error
    assert server.seen == {1}
    server.hang_up_at_fetch = 0
    assert collect(inbox_id=inbox.pk) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"secret": "wrong"}, "invalid credentials"),
        ({"folder": "Nowhere"}, "the folder Nowhere cannot be opened"),
    ],
)
def test_what_is_wrong_is_said_in_the_inbox(server: ImapServer, change: dict[str, str], told: str) -> None:
    inbox = imap_inbox(server, **change)
    assert collect(inbox_id=inbox.pk) == 0
    inbox.refresh_from_db()
    assert told in inbox.last_error


@pytest.mark.django_db
def test_a_server_that_is_not_there_is_no_crash(server: ImapServer) -> None:
    inbox = imap_inbox(server)
    Inbox.objects.update(port=1)
    assert collect(inbox_id=inbox.pk) == 0
    inbox.refresh_from_db()
    assert "could not be read" in inbox.last_error


class TokenServer(BaseHTTPRequestHandler):
    """Gives access tokens for one refresh token."""

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        wanted = {"refresh_token": ["refresh"], "client_id": ["client"], "client_secret": ["client-secret"]}
        is_right = wanted.items() <= form.items() and form["grant_type"] == ["refresh_token"]
        answer = json.dumps({"access_token": "access-1"} if is_right else {"error": "invalid_grant"}).encode()
        self.send_response(200 if is_right else 400)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@pytest.fixture
def token_url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), TokenServer)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/token"
    server.shutdown()
    server.server_close()


@pytest.mark.django_db
def test_oauth2_logs_in_with_a_fresh_token(server: ImapServer, token_url: str) -> None:
    fields = {"login": Inbox.Login.OAUTH2, "token_url": token_url, "client_id": "client"}
    inbox = imap_inbox(server, secret="refresh", client_secret="client-secret", **fields)
    assert "refresh" not in inbox.secret_encrypted
    assert collect(inbox_id=inbox.pk) == 1
    assert server.log_ins == ["oauth2"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("refresh", "accepted", "told"),
    [("old", "access-1", "gave no access token: 400"), ("refresh", "access-2", "token refused")],
)
def test_refused_tokens_are_told_apart(
    server: ImapServer, token_url: str, refresh: str, accepted: str, told: str
) -> None:
    server.token = accepted
    fields = {"login": Inbox.Login.OAUTH2, "token_url": token_url, "client_id": "client"}
    inbox = imap_inbox(server, secret=refresh, client_secret="client-secret", **fields)
    assert collect(inbox_id=inbox.pk) == 0
    inbox.refresh_from_db()
    assert told in inbox.last_error


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1.host").write_bytes(LETTER)
    return tmp_path


@pytest.mark.django_db
def test_mail_in_a_maildir_is_read_and_moved(maildir: Path) -> None:
    Inbox.objects.create(name="maildir", kind=Inbox.Kind.MAILDIR, path=str(maildir))
    collect_mail()
    assert InboundMail.objects.get().source == "maildir"
    assert list((maildir / "new").iterdir()) == []
    assert [file.name for file in (maildir / "cur").iterdir()] == ["1.host:2,S"]


@pytest.mark.django_db
def test_a_folder_that_is_no_maildir_is_said_to_be_none(tmp_path: Path) -> None:
    inbox = Inbox.objects.create(name="maildir", kind=Inbox.Kind.MAILDIR, path=str(tmp_path / "none"))
    assert collect(inbox_id=inbox.pk) == 0
    inbox.refresh_from_db()
    assert "could not be read" in inbox.last_error
