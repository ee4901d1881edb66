"""The connections to one server: how many there may be, which are idle, and how a new one is made."""

import selectors
import socket
import ssl
from functools import cache

from deliverability.providers.base import ProviderConfig
from deliverability.providers.smtp.connection import Connection
from deliverability.providers.smtp.handshake import HandshakeFailed
from deliverability.providers.smtp.opening import unreachable
from deliverability.providers.smtp.transport import Address, ConnectionLost

# A server that turned a connection away is not asked for more than it granted for this long.
_CEILING_SECONDS = 60.0
_RESOLVE_SECONDS = 60.0


class Pool:
    """Counts every connection, those that say goodbye included, as the server does."""

    def __init__(self, config: ProviderConfig) -> None:
        self._config = config
        self._helo = config.helo or _own_name()
        self._tls = _tls_context(config.ca_file)
        self._connections: set[Connection] = set()
        self._idle: list[Connection] = []
        self._addresses: list[Address] = []
        self._resolve_at = 0.0
        self._max_connections = max(1, config.max_connections)
        self._granted = self._max_connections
        self._granted_until = 0.0
        self._kept = self._max_connections
        self._is_proven = False
        self.selector = selectors.DefaultSelector()

    def __len__(self) -> int:
        return len(self._connections)

    def ceiling(self, now: float) -> int:
        """How many connections there may be. The first goes alone: twenty wrong passwords at once lock an account."""
        most = 1 if not self._is_proven else self._granted if now < self._granted_until else self._max_connections
        return min(most, self._kept)

    def keep(self, most: int, now: float) -> int:
        """From now on at most so many; returns how many there are, those that say goodbye included."""
        self._kept = most
        while self._idle and len(self._connections) - self._leaving > most:
            self.retire(self._idle[-1], now)
        return len(self._connections)

    def fileno(self) -> int:
        return self.selector.fileno()

    @property
    def _leaving(self) -> int:
        return sum(connection.is_quitting for connection in self._connections)

    def members(self) -> list[Connection]:
        return list(self._connections)

    def take(self, now: float) -> Connection | None:
        """An idle connection or a new one, None while there may be no more. Raises HandshakeFailed."""
        if self._idle:
            return self._idle.pop()
        if len(self._connections) >= self.ceiling(now):
            return None
        try:
            addresses = self._resolve(now)
            connection = Connection(self._config, self._helo, self._tls, self.selector, addresses, now)
        except (OSError, ConnectionLost) as error:
            raise HandshakeFailed(unreachable(self._config, str(error))) from error
        self._connections.add(connection)
        return connection

    def prove(self) -> None:
        """A connection has opened: the server is there and knows us."""
        self._is_proven = True

    def rest(self, connection: Connection, now: float) -> None:
        connection.rest(now)
        self._idle.append(connection)

    def drop(self, connection: Connection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
            connection.close()
        if connection in self._idle:
            self._idle.remove(connection)
        self._is_proven = self._is_proven and bool(self._connections)

    def settle_for_less(self, now: float) -> bool:
        """After a refused connection: makes do with those that are left; False if there are none."""
        self._resolve_at = now
        self._granted, self._granted_until = len(self._connections), now + _CEILING_SECONDS
        return bool(self._connections)

    def late(self, now: float) -> list[Connection]:
        return [connection for connection in self._connections if connection.deadline <= now]

    def retire(self, connection: Connection, now: float) -> bool:
        """Says goodbye on an idle connection; False if it is not idle."""
        if connection not in self._idle:
            return False
        self._idle.remove(connection)
        try:
            connection.quit(now)
        except ConnectionLost:
            self.drop(connection)
        return True

    def retire_all(self, now: float) -> None:
        """Says goodbye where nothing is under way, and cuts off the rest."""
        for connection in list(self._connections):
            if not connection.is_quitting and not self.retire(connection, now):
                self.drop(connection)

    def close(self) -> None:
        for connection in list(self._connections):
            self.drop(connection)
        self.selector.close()

    def _resolve(self, now: float) -> list[Address]:
        if now >= self._resolve_at or not self._addresses:
            found = socket.getaddrinfo(self._config.host, self._config.port, type=socket.SOCK_STREAM)
            self._addresses = [(family, address) for family, _, _, _, address in found]
            self._resolve_at = now + _RESOLVE_SECONDS
        return self._addresses


@cache
def _tls_context(ca_file: str) -> ssl.SSLContext:
    # Reading the system's authorities takes a third of a second of CPU: once per process, not per session.
    context = ssl.create_default_context()
    if ca_file.startswith("-----BEGIN"):
        context.load_verify_locations(cadata=ca_file)
    elif ca_file:
        context.load_verify_locations(ca_file)
    return context


def _own_name() -> str:
    name = socket.gethostname()
    # EHLO wants a full name, or an address literal where there is none (RFC 5321 4.1.1.1).
    return name if "." in name else "[127.0.0.1]"
