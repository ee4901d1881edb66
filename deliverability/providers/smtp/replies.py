"""Cuts the server's bytes into replies (RFC 5321 4.2, enhanced codes of RFC 3463)."""

import re

from deliverability.types import Reply

# A reply line is 512 octets by RFC 5321 4.5.3.1.5; servers exceed that, an endless line is an attack.
_LONGEST = 65_536
_LONGEST_TEXT = 1000
_ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]+")


class BadReply(Exception):
    """The server sent something that is not an SMTP reply."""


class ReplyParser:
    """Holds what a read left over, be it half a line or the first lines of a longer reply."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """Every reply that is now complete, as (code, text); the lines of a long one are joined by LF."""
        replies = []
        # Some servers end lines in a bare LF; nothing is lost by reading them.
        *lines, self._rest = (self._rest + data if self._rest else data).split(b"\n")
        for line in lines:
            code = line[:3]
            if not code.isdigit():
                raise BadReply(line[:80].decode("latin-1"))
            text = line[4:].rstrip()
            if line[3:4] == b"-":
                self._lines.append(text)
                continue
            if self._lines:
                text = b"\n".join([*self._lines, text])
                self._lines = []
            replies.append((int(code), text))
        if len(self._rest) > _LONGEST or len(self._lines) > 1000:
            raise BadReply("a reply without end")
        return replies

    @property
    def is_clean(self) -> bool:
        """Nothing was sent beyond the last reply."""
        return not self._rest and not self._lines


def to_reply(code: int, text: bytes, stage: str) -> Reply:
    """A reply as the rest of the system reads it: enhanced code apart, lines joined, no control characters."""
    lines = text.decode("utf-8", "replace").split("\n")
    match = _ENHANCED.match(lines[0])
    enhanced = match[1] if match else ""
    if enhanced:
        # Every line of a long reply repeats the code (RFC 2034 4).
        lines = [line.removeprefix(enhanced).lstrip() for line in lines]
    words = " ".join(lines) if len(lines) > 1 else lines[0]
    return Reply(code, _UNPRINTABLE.sub(" ", words)[:_LONGEST_TEXT], enhanced, stage)
