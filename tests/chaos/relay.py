"""A mail server in a process of its own, so that it can die: writes down whom it accepted, and when, before it replies.

SIGUSR1: of what is under way it takes every second message and answers none, and is gone a moment later. SIGUSR2: it
answers 421 to everything, or stops doing so. SIGSTOP makes it hang with its port open.
"""

import os
import signal
import sys
import threading
import time
from pathlib import Path

from tests.smtp_server import Moment, SmtpServer

GREETING = "220 relay ESMTP"
CLOSED = "421 4.3.2 Service not available"


class Relay:
    def __init__(self, port: int, book: Path, delay: float) -> None:
        self.is_dying = False
        self._book = book.open("a", buffering=1)
        self.server = SmtpServer(port=port, delay=lambda rcpt: delay, on_data=self.accept, drop=self.drop)

    def accept(self, rcpt: str) -> str | None:
        if self.server.greeting == CLOSED:
            return CLOSED
        if not (self.is_dying and self._is_lost(rcpt)):
            self._book.write(f"{time.time()} {rcpt}\n")
        return None

    def drop(self, moment: Moment, connection: int, messages: int) -> bool:
        # Whoever was written down and whoever was not: neither hears of it. The dead open no new connection.
        return self.is_dying and moment in ("connect", "accepted")

    def die(self, *_: object) -> None:
        self.is_dying = True
        threading.Timer(0.1, lambda: os._exit(9)).start()

    def close(self, *_: object) -> None:
        is_closed = self.server.greeting == CLOSED
        self.server.greeting = GREETING if is_closed else CLOSED
        self.server.on_rcpt = lambda rcpt: None if is_closed else CLOSED

    def _is_lost(self, rcpt: str) -> bool:
        return int(rcpt.partition("@")[0]) % 2 == 0


if __name__ == "__main__":
    relay = Relay(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
    signal.signal(signal.SIGUSR1, relay.die)
    signal.signal(signal.SIGUSR2, relay.close)
    relay.server.start()
    while True:
        signal.pause()
