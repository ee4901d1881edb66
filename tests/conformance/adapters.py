"""Every adapter behind one face, so that each test of this suite runs over all of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from deliverability.providers.base import Job, ProviderConfig, Session
from deliverability.providers.registry import open_session
from deliverability.types import OutgoingMessage, Result
from tests.smtp_server import SmtpServer, certificate_file

BODY = b"Subject: conformance\r\n\r\n" + b"a line of the body\r\n" * 200


@dataclass
class Adapter:
    """One way out. `server` is what the mail reaches, None where it reaches nothing (the sandbox)."""

    config: ProviderConfig
    server: SmtpServer | None

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


ADAPTERS: dict[str, Callable[[], Any]] = {
    "sandbox": sandbox,
    "smtp pipelined": lambda: _smtp("none"),
    "smtp step by step": lambda: _smtp("none", pipelining=False),
    "smtp with STARTTLS and log-in": lambda: _smtp("starttls", tls="starttls", credentials=("ada", "secret")),
    "smtp with TLS": lambda: _smtp("tls", tls="implicit"),
}


def messages(count: int, prefix: str = "reader") -> list[OutgoingMessage]:
    return [
        OutgoingMessage(number, f"{prefix}{number}@huila.example", f"b+{number}@bounces.huila.example", BODY)
        for number in range(count)
    ]


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
