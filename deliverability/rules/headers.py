"""Writes mail headers: folded, encoded, and closed to injection (RFC 5322, RFC 2047)."""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence

from deliverability.errors import HeaderRefused

# RFC 5322 2.1.1, without the CRLF.
_PREFERRED_LINE = 78
_LONGEST_LINE = 998
# RFC 2047 2: an encoded word, and a line that holds one.
_ENCODED_WORD = 75
_ENCODED_LINE = 76
_WRAPPING = len("=?utf-8?B??=")

# Control characters, line separators that some parsers honour, and halves of characters.
_REFUSED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_DOT_ATOM = re.compile(rf"{_ATEXT}+(\.{_ATEXT}+)*")
_PHRASE = re.compile(rf"{_ATEXT}+( {_ATEXT}+)*")
_ADDRESS = re.compile(r'([^\s<>()\[\]:;,\\"@]{1,64})@([^\s<>()\[\]:;,\\"@]{1,255})')
_PLAIN_ADDRESS = re.compile(rf"{_ATEXT}+(?:\.{_ATEXT}+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
# What may stand bare in a Q word inside a phrase (RFC 2047 5.3).
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")


def check_value(name: str, value: str) -> str:
    """The value itself. Raises HeaderRefused where it could end the header or confuse a reader of it."""
    if match := _REFUSED.search(value):
        raise HeaderRefused(
            f"“{name}” holds a line break or control character (U+{ord(match[0]):04X}) at position "
            f"{match.start() + 1}. Nothing was sent; remove it from the field."
        )
    return value


def text_header(name: str, value: str) -> bytes:
    """A header of free text, such as Subject."""
    return _fold(name, _text_words(name, check_value(name, value)))


def address_header(name: str, display_name: str, address: str) -> bytes:
    """A header with one mailbox, such as From. An international local part stays UTF-8 (RFC 6532)."""
    spec = format_address(name, address)
    words = phrase(name, display_name)
    return _fold(name, [*words, f"<{spec}>"] if words else [spec])


def identified_header(name: str, display_name: str, identifier: str) -> bytes:
    """A phrase and an identifier in angle brackets, such as List-Id (RFC 2919)."""
    if not _DOT_ATOM.fullmatch(identifier):
        raise HeaderRefused(
            f"“{name}” needs an identifier like news.example.org, not “{_REFUSED.sub('?', identifier)}”."
        )
    return _fold(name, [*phrase(name, display_name), f"<{identifier}>"])


def token_header(name: str, tokens: Sequence[str]) -> bytes:
    """Tokens that must not be encoded, such as URLs in angle brackets; lines break only between them."""
    for token in tokens:
        check_value(name, token)
        if not token.isascii() or " " in token:
            raise HeaderRefused(f"“{name}” may hold ASCII without spaces only. Nothing was sent.")
    return _fold(name, tokens)


def is_plain_address(address: str) -> bool:
    """ASCII dot-atoms throughout: fit for header and envelope as it stands."""
    return len(address) <= 254 and _PLAIN_ADDRESS.fullmatch(address) is not None


def envelope_address(name: str, address: str) -> str:
    """The address with its domain in ASCII (RFC 5891). Raises HeaderRefused if it is none."""
    match = _ADDRESS.fullmatch(check_value(name, address))
    if match is None:
        raise HeaderRefused(f"“{name}” needs an address like ada@example.org, not “{address}”. Nothing was sent.")
    local, domain = match.groups()
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode()
        except UnicodeError:
            raise HeaderRefused(f"“{domain}” is not a domain. Nothing was sent.") from None
    return f"{local}@{domain}"


def format_address(name: str, address: str) -> str:
    """An addr-spec for a header; a local part such as “a..b” needs quotes there (RFC 5322 3.4.1)."""
    local, _, domain = envelope_address(name, address).rpartition("@")
    return f"{local}@{domain}" if _DOT_ATOM.fullmatch(local) or not local.isascii() else f'"{local}"@{domain}'


def phrase(name: str, value: str) -> list[str]:
    """A display name as words between which a line may break, none for an empty one."""
    # Readers disagree on what white space means in a name, so it is always a single space.
    value = " ".join(check_value(name, value).split())
    if not value:
        return []
    if _PHRASE.fullmatch(value) and "=?" not in value and max(map(len, value.split(" "))) < _ENCODED_WORD:
        return value.split(" ")
    escaped = value.replace("\\", r"\\").replace('"', r"\"")
    if value.isascii() and len(escaped) < _ENCODED_WORD and "=?" not in value:
        return [f'"{escaped}"']
    return list(encoded_words(value, first_line=_ENCODED_LINE - len(name) - 2))


def encoded_words(value: str, first_line: int) -> Iterator[str]:
    """RFC 2047 words of whole characters; `first_line` is the room for the first one."""
    room, chunk = min(first_line, _ENCODED_WORD), ""
    for character in value:
        if chunk and len(_encode_word(chunk + character)) > room:
            yield _encode_word(chunk)
            room, chunk = _ENCODED_WORD, ""
        chunk += character
    yield _encode_word(chunk)


def _text_words(name: str, value: str) -> list[str]:
    words = value.split(" ")
    # Edge and double spaces would be folded away; "=?" would be decoded.
    if value.isascii() and all(words) and "=?" not in value and max(map(len, words)) < _PREFERRED_LINE - len(name) - 2:
        return words
    return list(encoded_words(value, first_line=_ENCODED_LINE - len(name) - 2)) if value else []


def _encode_word(chunk: str) -> str:
    raw = chunk.encode()
    quoted = "".join(chr(byte) if byte in _Q_SAFE else "_" if byte == 0x20 else f"={byte:02X}" for byte in raw)
    based = b64encode(raw).decode()
    return f"=?utf-8?Q?{quoted}?=" if len(quoted) <= len(based) else f"=?utf-8?B?{based}?="


def _fold(name: str, words: Sequence[str]) -> bytes:
    line, lines = f"{name}:", list[str]()
    for word in words:
        # A header whose first line is empty is legal but trips old parsers, so only a long token causes one.
        if len(line) + 1 + len(word) > _PREFERRED_LINE and (lines or line != f"{name}:" or len(word) < _LONGEST_LINE):
            lines.append(line)
            line = ""
        line += f" {word}"
    lines.append(line)
    folded = "\r\n".join(lines).encode()
    if any(len(part) > _LONGEST_LINE for part in folded.split(b"\r\n")):
        raise HeaderRefused(f"“{name}” is too long for a mail header. Nothing was sent; shorten it.")
    return folded + b"\r\n"
