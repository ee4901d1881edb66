"""A scriptable SMTP server on loopback, in a thread of its own: real sockets, real TLS, misbehaviour on demand."""

import asyncio
import datetime
import ipaddress
import ssl
import tempfile
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Moment = Literal["connect", "ehlo", "mail", "rcpt", "data", "mid-body", "body", "accepted"]


@dataclass(frozen=True)
class ReceivedMail:
    """A message that the server answered 250, as it stood on the wire without dot-stuffing."""

    mail_from: str
    rcpt: list[str]
    data: bytes
    connection: int


def _accept(rcpt: str) -> None:
    return None


def _never(moment: Moment, connection: int, messages: int) -> bool:
    return False


def _at_once(rcpt: str) -> float:
    return 0.0


@dataclass
class SmtpServer:
    """Use as a context manager. Every option may be changed while it runs and holds from the next command on."""

    pipelining: bool = True
    smtputf8: bool = True
    size_limit: int | None = None
    tls: Literal["none", "starttls", "implicit"] = "none"
    credentials: tuple[str, str] | None = None
    auth_mechanisms: str = "PLAIN LOGIN"
    # Both hooks get a recipient and answer a whole reply line ("550 5.1.1 No such user"), or None to accept.
    on_rcpt: Callable[[str], str | None] = _accept
    on_data: Callable[[str], str | None] = _accept
    # Asked at each moment with (moment, connection number, messages accepted on it): True cuts the connection.
    # "body" comes after the final dot and before the message counts; "accepted" between counting and the reply.
    drop: Callable[[Moment, int, int], bool] = _never
    # Seconds before the reply to a body, by recipient.
    delay: Callable[[str], float] = _at_once
    greeting: str = "220 loopback ESMTP"
    max_messages_per_connection: int | None = None
    data_without_recipients: Literal["refuse", "354"] = "refuse"
    port: int = 0

    messages: list[ReceivedMail] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    # Commands that arrived together although pipelining was not offered (RFC 2920 3.1).
    pipelined_unasked: list[str] = field(default_factory=list)
    connections: int = 0
    open_connections: int = 0
    most_open_connections: int = 0

    @property
    def recipients(self) -> list[str]:
        return [rcpt for mail in self.messages for rcpt in mail.rcpt]

    def __enter__(self) -> "SmtpServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listens on `port`, or on a free one that it keeps over a stop and a new start."""
        started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        if not started.wait(10):
            raise TimeoutError("the SMTP server did not start")

    def stop(self) -> None:
        """Cuts every connection, as a crash would."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(10)

    def wait_for(self, count: int, timeout: float = 10) -> list[ReceivedMail]:
        """The messages, once there are `count` of them."""
        deadline = time.monotonic() + timeout
        while len(self.messages) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(self.messages)} of {count} messages arrived")
            time.sleep(0.005)
        return self.messages

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve(started))
        self._loop.close()

    async def _serve(self, started: threading.Event) -> None:
        self._stopping = asyncio.Event()
        context = server_tls_context() if self.tls == "implicit" else None
        server = await asyncio.start_server(
            self._converse, "127.0.0.1", self.port, ssl=context, limit=1 << 26, backlog=512
        )
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await self._stopping.wait()
        server.close()
        conversations = asyncio.all_tasks() - {asyncio.current_task()}
        for conversation in conversations:
            conversation.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open_connections += 1
        self.most_open_connections = max(self.most_open_connections, self.open_connections)
        try:
            await _Conversation(self, reader, writer, self.connections).run()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
            pass  # gone, dropped on demand, or stopped
        finally:
            self.open_connections -= 1
            writer.transport.abort()


class _Conversation:
    """One connection: the usual state of RFC 5321, steered by the server's options."""

    def __init__(
        self, server: SmtpServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        self.server, self.reader, self.writer, self.number = server, reader, writer, number
        self.mail_from = ""
        self.rcpt: list[str] = []
        self.accepted = 0
        self.encrypted = server.tls == "implicit"
        self.authenticated = server.credentials is None

    async def run(self) -> None:
        self.cut_if("connect")
        await self.reply(self.server.greeting)
        while True:
            line = (await self.reader.readuntil(b"\r\n"))[:-2].decode()
            self.server.commands.append(line)
            verb, _, argument = line.partition(" ")
            verb = verb.upper()
            if not self.server.pipelining and verb != "QUIT" and self.reader._buffer:  # type: ignore[attr-defined]
                self.server.pipelined_unasked.append(line)
            if verb == "QUIT":
                await self.reply("221 2.0.0 Bye")
                return
            handler = getattr(self, f"on_{verb.lower()}", None)
            if handler is None:
                await self.reply("500 5.5.2 Unknown command")
            else:
                await handler(argument)

    async def on_ehlo(self, _: str) -> None:
        self.cut_if("ehlo")
        offers = ["loopback greets you", "8BITMIME", "ENHANCEDSTATUSCODES"]
        offers += ["PIPELINING"] * self.server.pipelining + ["SMTPUTF8"] * self.server.smtputf8
        if self.server.size_limit is not None:
            offers.append(f"SIZE {self.server.size_limit}")
        if self.server.tls == "starttls" and not self.encrypted:
            offers.append("STARTTLS")
        if self.server.credentials:
            offers.append(f"AUTH {self.server.auth_mechanisms}")
        await self.reply(*[f"250-{offer}" for offer in offers[:-1]], f"250 {offers[-1]}")

    async def on_helo(self, _: str) -> None:
        await self.reply("250 loopback")

    async def on_starttls(self, _: str) -> None:
        if self.server.tls != "starttls":
            await self.reply("502 5.5.1 Not offered")
            return
        await self.reply("220 2.0.0 Go ahead")
        await self.writer.start_tls(server_tls_context())
        self.encrypted = True

    async def on_auth(self, argument: str) -> None:
        mechanism, _, initial = argument.partition(" ")
        if mechanism.upper() == "PLAIN":
            _, user, password = b64decode(initial or await self.ask("")).decode().split("\0")
        else:
            user = b64decode(initial or await self.ask("Username:")).decode()
            password = b64decode(await self.ask("Password:")).decode()
        self.authenticated = (user, password) == self.server.credentials
        await self.reply("235 2.7.0 Welcome" if self.authenticated else "535 5.7.8 Wrong user name or password")

    async def on_mail(self, argument: str) -> None:
        self.cut_if("mail")
        limit = self.server.max_messages_per_connection
        if limit is not None and self.accepted >= limit:
            await self.reply("421 4.7.0 Too many messages on this connection")
            self.cut()
        self.mail_from, self.rcpt = _path(argument), []
        await self.reply("250 2.1.0 Ok" if self.authenticated else "530 5.7.0 Authentication required")

    async def on_rcpt(self, argument: str) -> None:
        self.cut_if("rcpt")
        refusal = self.server.on_rcpt(_path(argument))
        if refusal is None:
            self.rcpt.append(_path(argument))
        await self.reply(refusal or "250 2.1.5 Ok")
        if refusal and refusal.startswith("421"):
            self.cut()

    async def on_data(self, _: str) -> None:
        self.cut_if("data")
        if not self.rcpt and self.server.data_without_recipients == "refuse":
            await self.reply("554 5.5.1 No valid recipients")
            return
        await self.reply("354 Go ahead")
        data = await self.reader.readexactly(3)
        self.cut_if("mid-body")
        if data != b".\r\n":
            data = (data + await self.reader.readuntil(b"\r\n.\r\n"))[:-3].replace(b"\r\n..", b"\r\n.")
        await self.end_of_data(data)

    async def end_of_data(self, data: bytes) -> None:
        if not self.rcpt:
            await self.reply("554 5.5.1 No valid recipients")
            return
        self.cut_if("body")
        await asyncio.sleep(self.server.delay(self.rcpt[0]))
        limit = self.server.size_limit
        refusal = self.server.on_data(self.rcpt[0])
        if limit and len(data) > limit:
            refusal = "552 5.3.4 Message too big"
        if refusal is None:
            self.server.messages.append(ReceivedMail(self.mail_from, self.rcpt, data, self.number))
            self.accepted += 1
            self.cut_if("accepted")
        await self.reply(refusal or f"250 2.0.0 Queued as {self.number}-{self.accepted}")
        if refusal and refusal.startswith("421"):
            self.cut()

    async def on_rset(self, _: str) -> None:
        self.mail_from, self.rcpt = "", []
        await self.reply("250 2.0.0 Ok")

    async def on_noop(self, _: str) -> None:
        await self.reply("250 2.0.0 Ok")

    async def ask(self, prompt: str) -> bytes:
        await self.reply(f"334 {b64encode(prompt.encode()).decode()}")
        return await self.reader.readuntil(b"\r\n")

    async def reply(self, *lines: str) -> None:
        self.writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self.writer.drain()

    def cut_if(self, moment: Moment) -> None:
        if self.server.drop(moment, self.number, self.accepted):
            self.cut()

    def cut(self) -> None:
        # close, unlike abort, lets a reply that is already written reach the client.
        self.writer.close()
        raise ConnectionResetError


def _path(argument: str) -> str:
    return argument.partition("<")[2].partition(">")[0]


@cache
def certificate_file() -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, also fit to be the client's trust anchor."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=400))
        .not_valid_after(now + datetime.timedelta(days=4000))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    with tempfile.NamedTemporaryFile(prefix="smtp-test-", suffix=".pem", delete=False) as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        file.write(certificate.public_bytes(serialization.Encoding.PEM))
    return Path(file.name)


def server_tls_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_file())
    return context
