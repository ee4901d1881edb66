"""What the socket says of bytes that did not get through."""

import selectors
import socket
import struct
import time

import pytest

from deliverability.providers.smtp.transport import ConnectionLost, Transport


def connect(listener: socket.socket) -> tuple[Transport, socket.socket]:
    transport = Transport(selectors.DefaultSelector(), None, [(socket.AF_INET, listener.getsockname())])
    peer, _ = listener.accept()
    while not transport.proceed():
        time.sleep(0.001)
    return transport, peer


def test_what_the_kernel_refused_counts_as_unsent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        transport, peer = connect(listener)
        # Zero linger: closing resets the connection at once.
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.close()
        time.sleep(0.05)
        with pytest.raises(ConnectionLost):
            transport.send((b"body\r\n", b".\r\n"))
        assert transport.unsent == 9
        transport.close()


def test_what_does_not_fit_is_kept_and_flushed_in_order() -> None:
    body, tail = bytes(range(256)) * 80_000, b".\r\nQUIT\r\n"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        transport, peer = connect(listener)
        transport.send((body, tail))
        assert 0 < transport.unsent < len(body) + len(tail)
        arrived = bytearray()
        while len(arrived) < len(body) + len(tail):
            arrived += peer.recv(1 << 20)
            transport.flush()
        assert bytes(arrived) == body + tail
        assert transport.unsent == 0
        transport.close()
        peer.close()
