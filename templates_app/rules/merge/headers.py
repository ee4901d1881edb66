"""The Subject header (RFC 5322, RFC 2047)."""

import re
from base64 import b64encode
from functools import lru_cache

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_NAME = "Subject: "
_LINE = 76
# Octets of text in one encoded word: base64 turns 45 into 60, and `=?utf-8?b?` … `?=` makes 72 of the 75 allowed.
_FIRST_WORD, _WORD = 39, 45
# Gmail refuses headers beyond 32 KB; no inbox shows more than a few words of this.
_MAX_SUBJECT = 998


def subject_text(subject: str) -> str:
    """One line: no control characters, which would end the header, and no runs of blanks."""
    return " ".join(_CONTROLS.sub(" ", subject).split())[:_MAX_SUBJECT].rstrip()


@lru_cache(maxsize=4096)
def subject_header(subject: str) -> bytes:
    """The whole header with its CRLF, folded; in plain ASCII where that can say it."""
    text = subject_text(subject)
    words = text.split(" ")
    if text.isascii() and "=?" not in text and all(len(word) < _LINE - len(_NAME) for word in words):
        return _folded(words)
    return _encoded(text)


def _folded(words: list[str]) -> bytes:
    lines = [_NAME + words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= _LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    return "\r\n".join(lines).encode("ascii") + b"\r\n"


def _encoded(text: str) -> bytes:
    chunks, chunk, room = [], b"", _FIRST_WORD
    for character in text:
        octets = character.encode("utf-8")
        if len(chunk) + len(octets) > room:
            chunks.append(chunk)
            chunk, room = b"", _WORD
        chunk += octets
    chunks.append(chunk)
    return _NAME.encode() + b"\r\n ".join(b"=?utf-8?b?%s?=" % b64encode(chunk) for chunk in chunks) + b"\r\n"
