"""Quoted-printable (RFC 2045 6.7) in pieces that can be spliced in any order.

Every piece begins at the start of a line and ends with a line break, soft or hard. So pieces may follow one another
freely, no line is longer than 76 octets, and none begins with a dot (RFC 5321 4.5.2 then has nothing to stuff) or
holds white space that a relay could strip or fold (a DKIM body hash stays what it was).
"""

import re
from functools import lru_cache

SOFT_BREAK = b"=\r\n"
_LINE = 75  # and the "=" of the soft break
# Values short enough to be worth keeping: names, towns, prices. A long one is likely to be unique.
_MEMORABLE = 120

_HARMLESS = re.compile(r"[!-<>-~]+(?: [!-<>-~]+)*")
_UNSAFE = re.compile(rb"[^\n !-<>-~]|^ |(?<= ) | $|^\.", re.MULTILINE)
_ESCAPES = {bytes([octet]): b"=%02X" % octet for octet in range(256)}


def encode(text: str) -> bytes:
    """One piece for this text; nothing for no text. Line breaks in it (LF) become CRLF."""
    if not text:
        return b""
    if len(text) < _LINE and _HARMLESS.fullmatch(text) and text[0] != ".":
        return text.encode("ascii") + SOFT_BREAK
    escaped = _UNSAFE.sub(lambda found: _ESCAPES[found[0]], text.encode("utf-8", "replace"))
    lines = escaped.split(b"\n")
    out: list[bytes] = []
    for line in lines[:-1]:
        _wrap(line, out)
        out.append(b"\r\n")
    if lines[-1]:
        _wrap(lines[-1], out)
        out.append(SOFT_BREAK)
    return b"".join(out)


def _wrap(line: bytes, out: list[bytes]) -> None:
    """Appends an escaped line, broken softly where it is too long; the last stretch is left open."""
    start = 0
    while True:
        lead = b""
        if start and line[start : start + 1] in (b".", b" "):
            lead = _ESCAPES[line[start : start + 1]]
            start += 1
        cut = start + _LINE - len(lead)
        if cut >= len(line):
            out.append(lead + line[start:])
            return
        if (escape := line.rfind(b"=", cut - 2, cut)) >= 0:
            cut = escape
        out.append(lead + line[start:cut] + SOFT_BREAK)
        start = cut


@lru_cache(maxsize=16_384)
def _remembered(text: str) -> bytes:
    return encode(text)


def encode_value(text: str) -> bytes:
    """Like `encode`, remembering short values: many recipients share a name, a town, a price."""
    return _remembered(text) if len(text) <= _MEMORABLE else encode(text)
