"""Takes a mail apart whatever its state: no input raises, and line ends make no difference.

Reports about mail are broken more often than mail is: missing headers, boundaries that nobody announced, truncated
parts, base64 inside message/rfc822. A strict parser loses what a person would still read.
"""

import html
import quopri
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import decode_header

_LONGEST = 5_000_000
_DEEPEST = 10
_MOST_PARTS = 500

_LINE_END = re.compile(r"\r*\n|\r")
_HEADER = re.compile(r"([!-9;-~]{1,76})[ \t]*:(.*)", re.DOTALL)
_PARAMETER = r'(?:^|[;\s]){}\s*=\s*(?:"([^"]*)"|([^;\s]+))'
_BOUNDARY = re.compile(_PARAMETER.format("boundary"), re.IGNORECASE)
_CHARSET = re.compile(_PARAMETER.format("charset"), re.IGNORECASE)
_UNANNOUNCED = re.compile(
    r"^--([^\s-][^\n]{4,98}|-+[^\n]{4,98})\nContent-(?:Type|Description|Transfer|Disposition)", re.M | re.I
)
# Some filters put a blank line between the boundary and the part's headers.
_LATE_HEADERS = re.compile(r"\n+Content-[\w-]+:", re.IGNORECASE)
_INNER_HEADER = re.compile(r"^(received|return-path|message-id|from):", re.IGNORECASE | re.MULTILINE)
_TYPE = re.compile(r"\s*([\w.+\-]+/[\w.+\-]+)")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")


@dataclass(slots=True)
class Headers:
    """Header fields in order; names are compared without case, values are unfolded but not yet decoded."""

    fields: list[tuple[str, str]] = field(default_factory=list)

    def get(self, name: str) -> str:
        """The first value, encoded words decoded; empty where there is none."""
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> list[str]:
        return [decode_words(value) for key, value in self.fields if key == name]

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.fields)


@dataclass(slots=True)
class Part:
    """A part of a mail. `body` holds octets as Latin-1 text; a multipart has `parts` instead."""

    headers: Headers
    body: str = ""
    parts: list["Part"] = field(default_factory=list)

    @property
    def content_type(self) -> str:
        found = _TYPE.match(self.headers.get("content-type"))
        return found[1].lower() if found else "text/plain"

    @property
    def content(self) -> str:
        """The body as octets in Latin-1, its transfer encoding undone."""
        encoding = self.headers.get("content-transfer-encoding").strip().lower()
        if encoding == "base64":
            return _from_base64(self.body)
        if encoding == "quoted-printable":
            return quopri.decodestring(self.body.encode("latin-1", "replace")).decode("latin-1")
        return self.body

    @property
    def text(self) -> str:
        """What a person would read; HTML without its tags."""
        charset = _parameter(_CHARSET, self.headers.get("content-type"))
        text = _LINE_END.sub("\n", decode_octets(self.content.encode("latin-1", "replace"), charset))
        return text_of_html(text) if self.content_type == "text/html" else text

    def walk(self) -> Iterator["Part"]:
        yield self
        for part in self.parts:
            yield from part.walk()


def read_mail(raw: bytes) -> Part:
    """The mail as a tree. LF, CRLF and CR give the same; a leading mbox line is no header."""
    text = _LINE_END.sub("\n", raw[:_LONGEST].decode("latin-1")).lstrip("\n")
    return read_part(text)


def read_part(text: str, depth: int = 0) -> Part:
    if depth and _LATE_HEADERS.match(text):
        text = text.lstrip("\n")
    headers, body = split_headers(text)
    part = Part(headers, body)
    boundary = _parameter(_BOUNDARY, headers.get("content-type")) if "multipart/" in part.content_type else ""
    if not depth and (not boundary or f"--{boundary}" not in body):
        boundary = _unannounced_boundary(part)
    if boundary and depth < _DEEPEST:
        part.parts = [read_part(piece, depth + 1) for piece in _pieces(body, boundary)]
    return part


def _unannounced_boundary(part: Part) -> str:
    """The boundary that the body shows and the header keeps silent about, or gives wrongly."""
    if "content-type" in part.headers and "multipart/" not in part.content_type:
        return ""
    found = _UNANNOUNCED.search(part.body)
    # Behind a header it is the boundary of the mail that is returned.
    return found[1].rstrip() if found and not _INNER_HEADER.search(part.body, 0, found.start()) else ""


def split_headers(text: str) -> tuple[Headers, str]:
    """Header fields and the rest; whatever does not begin with a field is all body."""
    headers = Headers()
    position = 0
    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        line = text[position:end]
        if not line.strip():
            # A blank first line means that there are no headers.
            position = end + 1
            break
        if line[0] in " \t" and headers.fields:
            name, value = headers.fields[-1]
            headers.fields[-1] = (name, f"{value} {line.strip()}")
        elif match := _HEADER.fullmatch(line):
            headers.fields.append((match[1].lower(), match[2].strip()))
        elif not re.match(r">?From ", line):
            break
        position = end + 1
    return headers, text[position:]


def decode_words(value: str) -> str:
    """RFC 2047; what cannot be decoded stays as it was."""
    if "=?" not in value:
        return decode_octets(value.encode("latin-1", "replace"), "")
    try:
        pieces = decode_header(value)
    except (ValueError, LookupError, MessageError):
        return value
    return "".join(
        piece if isinstance(piece, str) else decode_octets(piece, charset or "") for piece, charset in pieces
    )


def decode_octets(octets: bytes, charset: str) -> str:
    """Declared charset first, unless the octets say otherwise; never raises."""
    guesses = ["iso-2022-jp"] if b"\x1b$" in octets or b"\x1b(" in octets else []
    # Mail that claims ISO-2022-JP and has eight bits is EUC-JP or Shift_JIS.
    guesses += [charset, "utf-8", *(("euc-jp", "cp932") if "jp" in charset.lower() or "jis" in charset.lower() else ())]
    for guess in filter(None, guesses):
        try:
            return octets.decode(guess)
        except (LookupError, ValueError):
            continue
    return octets.decode("latin-1")


def text_of_html(markup: str) -> str:
    markup = re.sub(r"(?is)<(style|script|head)\b.*?(</\1>|\Z)", " ", markup)
    markup = re.sub(r"(?i)<(br|/p|/div|/t[rdh]|/li|/h\d|p|div|tr|/table)\b[^>]*>", "\n", markup)
    return html.unescape(re.sub(r"<(?=[a-zA-Z/!?])(?![^<>\s]*@)[^>]*>", "", markup))


def _pieces(body: str, boundary: str) -> list[str]:
    """The parts between boundary lines; a missing last line ends the last part with the mail."""
    pattern = re.compile(rf"(?:^|\n)--{re.escape(boundary)}(--)?[ \t]*(?=\n|$)")
    starts = list(pattern.finditer(body))[:_MOST_PARTS]
    pieces = []
    for index, start in enumerate(starts):
        end = starts[index + 1].start() if index + 1 < len(starts) else len(body)
        if not start[1]:
            pieces.append(body[start.end() + 1 : end])
    return pieces


def _parameter(pattern: re.Pattern[str], value: str) -> str:
    match = pattern.search(value)
    return (match[1] or match[2] or "").strip() if match else ""


def _from_base64(text: str) -> str:
    letters = _NOT_BASE64.sub("", text)
    return b64decode(letters[: len(letters) // 4 * 4] + _padded(letters)).decode("latin-1")


def _padded(letters: str) -> str:
    rest = letters[len(letters) // 4 * 4 :]
    return rest + "=" * (4 - len(rest)) if len(rest) > 1 else ""
