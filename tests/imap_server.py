"""A small IMAP server on loopback: one mailbox, passwords and XOAUTH2, mail that is unseen until it is marked."""

import base64
import re
import socketserver
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

_COMMAND = re.compile(rb"(\S+) (?:UID )?(\S+) ?(.*?)\r\n", re.DOTALL | re.IGNORECASE)


@dataclass
class ImapServer:
    """Starts with `with`. `mails` are served in order; `seen` holds the numbers (from 1) that were marked."""

    username: str = "bounces@huila.example"
    password: str = "secret"
    token: str = "access-1"
    mails: list[bytes] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    hang_up_at_fetch: int = 0
    log_ins: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"* OK ready\r\n")
                while line := self.rfile.readline():
                    match = _COMMAND.fullmatch(line)
                    if not match or not server._answer(self, match[1], match[2].upper(), match[3]):
                        return

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, wire: socketserver.StreamRequestHandler, tag: bytes, command: bytes, rest: bytes) -> bool:
        """False: hang up."""
        say = wire.wfile.write
        done = b"OK done"
        if command == b"CAPABILITY":
            say(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2\r\n")
        elif command == b"LOGIN":
            self.log_ins.append("password")
            if rest.decode() != f'{self.username} "{self.password}"':
                done = b"NO [AUTHENTICATIONFAILED] invalid credentials"
        elif command == b"AUTHENTICATE":
            done = self._authenticate(wire)
        elif command == b"SELECT":
            done = b"OK [READ-WRITE] selected" if rest == b'"INBOX"' else b"NO no such mailbox"
            say(b"* %d EXISTS\r\n" % len(self.mails))
        elif command == b"SEARCH":
            unseen = [number for number in range(1, len(self.mails) + 1) if number not in self.seen]
            say(b"* SEARCH " + b" ".join(b"%d" % number for number in unseen) + b"\r\n")
        elif command == b"FETCH":
            number = int(rest.split()[0])
            if number == self.hang_up_at_fetch:
                return False
            raw = self.mails[number - 1]
            say(b"* %d FETCH (UID %d BODY[] {%d}\r\n" % (number, number, len(raw)) + raw + b")\r\n")
        elif command == b"STORE":
            self.seen.add(int(rest.split()[0]))
        elif command == b"LOGOUT":
            say(b"* BYE\r\n")
        say(tag + b" " + done + b"\r\n")
        return command != b"LOGOUT"

    def _authenticate(self, wire: socketserver.StreamRequestHandler) -> bytes:
        wire.wfile.write(b"+ \r\n")
        said = base64.b64decode(wire.rfile.readline())
        self.log_ins.append("oauth2")
        if said == f"user={self.username}\x01auth=Bearer {self.token}\x01\x01".encode():
            return b"OK logged in"
        wire.wfile.write(b"+ " + base64.b64encode(b'{"status":"400"}') + b"\r\n")
        wire.rfile.readline()
        return b"NO [AUTHENTICATIONFAILED] token refused"
