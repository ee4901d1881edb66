"""Every adapter behind one face, so that each test of this suite runs over all of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from deliverability.providers.base import Job, ProviderConfig, Session
from deliverability.providers.esp import ESP_APIS
from deliverability.providers.registry import open_session
from deliverability.rules.tokens import sign_token
from deliverability.types import OutgoingMessage, Result
from tests.esp_server import DIALECTS, EspServer
from tests.smtp_server import SmtpServer, certificate_file

BODY = b"From: Ada <ada@huila.example>\r\nSubject: conformance\r\n\r\n" + b"a line of the body\r\n" * 200
# Every name that any ESP's form may ask for; each adapter takes its own.
OPTIONS = {"region": "eu-west-1", "sender_domain": "huila.example", "access_key_id": "AKIA", "project_id": "p-1"}
SECRETS = dict.fromkeys(
    ("secret_access_key", "api_key", "api_token", "secret_key", "server_token"), "a-key-that-nobody-may-see"
)


@dataclass
class Adapter:
    """One way out. `server` is what the mail reaches, `api` the same where that is an ESP; both None in the sandbox.

    `unit` is how many messages share a fate: one, but where an ESP takes several in a call.
    """

    config: ProviderConfig
    server: SmtpServer | None
    api: EspServer | None = None
    unit: int = 1

    @property
    def recipients(self) -> list[str] | None:
        """Everybody whose mail was taken; None where nobody keeps count."""
        there = self.server or self.api
        return None if there is None else list(there.recipients)

    def open(self, **changes: Any) -> Session:
        values = {name: getattr(self.config, name) for name in ProviderConfig.__dataclass_fields__}
        return open_session(ProviderConfig(**{**values, **changes}))


@contextmanager
def sandbox() -> Iterator[Adapter]:
    yield Adapter(ProviderConfig(kind="sandbox", max_connections=4), None)


@contextmanager
def _smtp(security: str, **options: Any) -> Iterator[Adapter]:
    with SmtpServer(**options) as server:
        yield Adapter(
            ProviderConfig(
                kind="smtp",
                host="127.0.0.1",
                port=server.port,
                security=security,  # type: ignore[arg-type]
                username="ada" if server.credentials else "",
                password="secret",
                max_connections=4,
                ca_file=str(certificate_file()),
            ),
            server,
        )


@contextmanager
def esp(kind: str) -> Iterator[Adapter]:
    with EspServer(kind) as api:
        options = {**OPTIONS, "api_url": api.url}
        config = ProviderConfig(kind=kind, max_connections=4, options=options, secrets=SECRETS)
        yield Adapter(config, None, api, ESP_APIS[kind](options, SECRETS).most)


ADAPTERS: dict[str, Callable[[], Any]] = {
    "sandbox": sandbox,
    "smtp pipelined": lambda: _smtp("none"),
    "smtp step by step": lambda: _smtp("none", pipelining=False),
    "smtp with STARTTLS and log-in": lambda: _smtp("starttls", tls="starttls", credentials=("ada", "secret")),
    "smtp with TLS": lambda: _smtp("tls", tls="implicit"),
    **{kind: partial(esp, kind) for kind in DIALECTS},
}


def messages(count: int, prefix: str = "reader") -> list[OutgoingMessage]:
    return [
        OutgoingMessage(number, f"{prefix}{number}@huila.example", f"b+{_token(number)}@bounces.huila.example", BODY)
        for number in range(count)
    ]


def _token(number: int) -> str:
    return sign_token(b"key", 7, number)


@dataclass
class Run:
    """A job and what came of it."""

    job: Job
    results: list[Result]

    @property
    def accepted(self) -> list[str]:
        return [result.address for result in self.results if result.reply.code == 250]


def job_for(mails: list[OutgoingMessage], connections: int = 4, may_send: Callable[[], bool] = lambda: True) -> Run:
    results: list[Result] = []
    return Run(Job(iter(mails), connections, results.append, may_send), results)


def work_off(session: Session, *runs: Run, seconds: float = 20) -> None:
    """Polls until all jobs are done; fails where a session never gets there."""
    for run in runs:
        session.submit(run.job)
    finish(session, *runs, seconds=seconds)


def finish(session: Session, *runs: Run, seconds: float = 20) -> None:
    for _ in range(int(seconds / 0.05)):
        if all(session.is_done(run.job) for run in runs):
            return
        session.poll(0.05)
    raise AssertionError(f"not done after {seconds} s: {[len(run.results) for run in runs]} results")
