"""The bytes of one journal entry: fixed head, then enhanced code, address and the server's words as far as they fit."""

import struct
from dataclasses import dataclass

from deliverability.types import Reply, Result

SIZE = 512
# marker, basic code, recipient, moment, length of the rest
_HEAD = struct.Struct("<BHqdH")
_MARKER = 0xA5
_ROOM = SIZE - _HEAD.size
_SEPARATOR = b"\x1f"


@dataclass(frozen=True, slots=True)
class Entry:
    """A provider's word on one recipient, and when it came (seconds since 1970)."""

    at: float
    result: Result


def pack(entry: Entry) -> bytes:
    """At most SIZE bytes; the marker stands first so that a writer can put it last."""
    result, reply = entry.result, entry.result.reply
    # Suppression after a take-over needs the address; of accepted recipients nobody asks it.
    address = b"" if 200 <= reply.code < 300 else result.address.encode()
    words = (reply.enhanced.encode(), reply.stage.encode(), address, reply.text.encode())
    rest = _SEPARATOR.join(words)[:_ROOM]
    return _HEAD.pack(_MARKER, reply.code, result.recipient_id, entry.at, len(rest)) + rest


def unpack(data: bytes, start: int = 0) -> tuple[Entry, int] | None:
    """The entry at `start` and where it ends, or None where none was finished."""
    if len(data) < start + _HEAD.size or data[start] != _MARKER:
        return None
    _, code, recipient_id, at, length = _HEAD.unpack_from(data, start)
    begin = start + _HEAD.size
    if len(data) < begin + length:
        return None
    parts = data[begin : begin + length].decode(errors="replace").split(_SEPARATOR.decode(), 3)
    enhanced, stage, address, text = [*parts, "", "", ""][:4]
    reply = Reply(code, text, enhanced, stage)
    return Entry(at, Result(recipient_id, address, reply)), begin + length
