"""The port between the dispatcher and whatever carries the mail: a session that is polled, and jobs given to it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from deliverability.types import OutgoingMessage, Reply, Result

Security = Literal["none", "starttls", "tls"]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for the other side; all but `connect` are the minima of RFC 5321 4.5.3.2.

    A shorter `final` makes duplicates: the server may have accepted what we then send again (RFC 1047).
    """

    connect: float = 30
    command: float = 300
    data: float = 180
    final: float = 600


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """All that an adapter needs to know of a provider: plain values, the password in the clear and never shown."""

    kind: str
    host: str = ""
    port: int = 587
    security: Security = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    max_connections: int = 20
    max_messages_per_connection: int = 1000
    # What EHLO says; empty: this machine's name.
    helo: str = ""
    # PEM to trust besides the system's authorities, for a relay with a certificate of its own: its path, or itself.
    ca_file: str = ""
    timeouts: Timeouts = Timeouts()
    # What an ESP's API asks for, by the names in rules/provider_kinds.py: region, domain, stream …
    options: Mapping[str, str] = field(default_factory=dict)
    # And its keys; never shown, masked in conversations.
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    # Hears every piece of the conversation: whether it is ours, and the bytes. None outside of trials.
    listen: Callable[[bool, bytes], None] | None = field(default=None, compare=False, repr=False)


@dataclass(eq=False, slots=True)
class Job:
    """One leased batch on its way out, made by the dispatcher and worked off by a session.

    `messages` is composed lazily: a session pulls the next one only for a connection that will take it.
    `connections` is how many connections this job may use at once.
    `record` gets every Result, on each connection before the next body is written there (the journal rule).
    `may_send` is asked right before each body; False stops the job, and what is in flight finishes.
    `notice` hears of a connection that the server refused while the job goes on with those it has.
    `failure` says why no connection could be made; None unless the job stopped for that.
    A message without a Result was surely not sent; the dispatcher queues it again.
    """

    messages: Iterator[OutgoingMessage]
    connections: int
    record: Callable[[Result], None]
    may_send: Callable[[], bool]
    notice: Callable[[Reply], None] = lambda reply: None
    failure: Reply | None = None


class Session(Protocol):
    """One process's live use of a provider, kept over many jobs; nothing happens outside of `poll`.

    A Result with reply code 0 means that the server never answered: with stage "body" the message may or may not
    have been accepted, with any other stage it surely was not. What `record` or the iterator of messages raises
    leaves `poll`; the session must then be closed.
    """

    def submit(self, job: Job) -> None:
        """Takes a job on; its messages begin to leave with the next poll."""

    def poll(self, timeout: float) -> None:
        """Makes progress on all jobs; returns after at most `timeout` seconds, sooner when a job is done."""

    def is_done(self, job: Job) -> bool:
        """Nothing of the job is in flight, and its messages are used up or it has stopped."""

    def close(self) -> None:
        """Ends every connection politely but within a second or two; unfinished messages get no Result."""

    def abandon(self, problem: str) -> None:
        """Cuts everything off at once, because the other side is taken for dead: only `close` may follow.

        What it may have accepted gets a Result with code 0, stage "body" and the problem in words. No other message
        that is not answered yet may have been.
        """


@runtime_checkable
class KeepsConnections(Protocol):
    """A session whose connections stay open between jobs, where the server counts them, and which a selector can watch.

    `has_finished`: the last poll ended because a job was done.
    """

    has_finished: bool

    def keep(self, most: int) -> int:
        """Have at most so many connections from now on; idle ones beyond say goodbye. Returns how many are open."""

    def fileno(self) -> int:
        """Readable as soon as a poll would find something to do."""
