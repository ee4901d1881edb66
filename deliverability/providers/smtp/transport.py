"""A non-blocking socket, with or without TLS, that remembers what the kernel would not take yet."""

import errno
import os
import selectors
import socket
import ssl
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

Address = tuple[socket.AddressFamily, tuple[Any, ...]]

_READ_BYTES = 16_384
_BLOCKED = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError, InterruptedError)


class ConnectionLost(Exception):
    """The other side is gone; the message says how we noticed."""


class Transport:
    """Tries the addresses in turn until one answers. Raises ConnectionLost from every method that meets the end."""

    def __init__(
        self,
        selector: selectors.BaseSelector,
        owner: object,
        addresses: Sequence[Address],
        listen: Callable[[bool, bytes], None] | None = None,
    ) -> None:
        self._listen = listen
        self._selector = selector
        self._owner = owner
        self._addresses = deque(addresses)
        self._backlog: deque[memoryview] = deque()
        self._tls: ssl.SSLSocket | None = None
        self._is_shaking_hands = False
        self.is_connected = False
        self._socket = self._connect_next("the name has no address")

    @property
    def unsent(self) -> int:
        """Bytes that were handed to `send` and not yet to the kernel."""
        return sum(map(len, self._backlog)) if self._backlog else 0

    def start_tls(self, context: ssl.SSLContext, hostname: str) -> None:
        """Begins the TLS handshake; `proceed` carries it on."""
        self._selector.unregister(self._socket)
        self._tls = context.wrap_socket(self._socket, server_hostname=hostname, do_handshake_on_connect=False)
        self._socket = self._tls
        self._selector.register(self._socket, selectors.EVENT_READ | selectors.EVENT_WRITE, self._owner)
        self._is_shaking_hands = True

    def proceed(self) -> bool:
        """Carries on a connect or a TLS handshake; True when bytes may flow. Raises ssl.SSLError too."""
        if not self.is_connected:
            error = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if error:
                self.close()
                self._socket = self._connect_next(os.strerror(error))
                return False
            self.is_connected = True
            self._watch(write=False)
        if self._is_shaking_hands and self._tls is not None:
            self._shake_hands(self._tls)
        return not self._is_shaking_hands

    def send(self, chunks: Sequence[bytes]) -> None:
        """Writes what the kernel takes now and keeps the rest for `flush`."""
        if self._listen:
            self._listen(True, b"".join(chunks))
        if self._tls:
            # TLS copies anyway; and what it could not write must be offered again whole, never a shorter piece.
            chunks = [b"".join(chunks)]
        if self._backlog:
            self._backlog.extend(map(memoryview, chunks))
            return
        try:
            # One system call, and no copy of the body.
            sent = self._tls.send(chunks[0]) if self._tls else self._socket.sendmsg(chunks)
        except _BLOCKED:
            sent = 0
        except OSError as error:
            self._keep_rest(chunks, 0)
            raise ConnectionLost(str(error)) from error
        if sent < sum(map(len, chunks)):
            self._keep_rest(chunks, sent)
            self._watch(write=True)

    def flush(self) -> None:
        try:
            while self._backlog:
                sent = self._socket.send(self._backlog[0])
                if sent == len(self._backlog[0]):
                    self._backlog.popleft()
                else:
                    self._backlog[0] = self._backlog[0][sent:]
        except _BLOCKED:
            return
        except OSError as error:
            raise ConnectionLost(str(error)) from error
        self._watch(write=False)

    def receive(self) -> bytes:
        """What has arrived, possibly nothing."""
        try:
            data = self._socket.recv(_READ_BYTES)
            # TLS may hold decrypted bytes of which the selector knows nothing.
            while self._tls and (pending := self._tls.pending()):
                data += self._tls.recv(pending)
        except _BLOCKED:
            return b""
        except OSError as error:
            raise ConnectionLost(str(error)) from error
        if not data:
            raise ConnectionLost("the server closed the connection")
        if self._listen:
            self._listen(False, data)
        return data

    def close(self) -> None:
        if self._socket.fileno() >= 0:
            self._selector.unregister(self._socket)
            self._socket.close()

    def _connect_next(self, problem: str) -> socket.socket:
        while self._addresses:
            family, address = self._addresses.popleft()
            candidate = socket.socket(family, socket.SOCK_STREAM)
            candidate.setblocking(False)
            candidate.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            error = candidate.connect_ex(address)
            if error in (0, errno.EINPROGRESS):
                self._selector.register(candidate, selectors.EVENT_READ | selectors.EVENT_WRITE, self._owner)
                return candidate
            candidate.close()
            problem = os.strerror(error)
        raise ConnectionLost(problem)

    def _shake_hands(self, tls: ssl.SSLSocket) -> None:
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            self._watch(write=False)
        except ssl.SSLWantWriteError:
            self._watch(write=True)
        else:
            self._is_shaking_hands = False
            self._watch(write=False)

    def _keep_rest(self, chunks: Sequence[bytes], sent: int) -> None:
        for chunk in chunks:
            if sent < len(chunk):
                self._backlog.append(memoryview(chunk)[sent:])
            sent = max(0, sent - len(chunk))

    def _watch(self, *, write: bool) -> None:
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if write else 0)
        self._selector.modify(self._socket, events, self._owner)
