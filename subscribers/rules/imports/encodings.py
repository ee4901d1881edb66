"""Tells in which encoding a file is written, from what one pass over its bytes has seen."""

import codecs
from collections.abc import Iterable
from dataclasses import dataclass

from charset_normalizer import from_bytes

_SAMPLE_BYTES = 65_536
# The longer marks first: UTF-32 begins with the mark of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What programs that write CSV use where it is not Unicode. Windows-1252 also reads Latin-1.
_LEGACY = [
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "shift_jis",
    "gb18030",
    "big5",
    "cp949",
    "mac_roman",
    "koi8_r",
]
_SINGLE_BYTE_WEST = "cp1252"
# Below this many telling bytes a guess between code pages is a coin toss: take the one that Western Excel writes.
_TELLING_BYTES = 12


@dataclass
class ByteSurvey:
    """Fed every block of a file once; remembers the head, whether all of it is UTF-8, and the bytes that tell more."""

    head: bytes = b""
    telling: bytes = b""
    size: int = 0
    nuls: int = 0
    is_utf8: bool = True

    def __post_init__(self) -> None:
        self._utf8 = codecs.getincrementaldecoder("utf-8")()

    def feed(self, block: bytes) -> None:
        self.size += len(block)
        self.nuls += block.count(0)
        if len(self.head) < _SAMPLE_BYTES:
            self.head += block[: _SAMPLE_BYTES - len(self.head)]
        if not block.isascii():
            self._look_closer(block)
        elif self.is_utf8:
            self._check_utf8(block)

    def finish(self) -> None:
        self._check_utf8(b"", final=True)

    def _look_closer(self, block: bytes) -> None:
        self._check_utf8(block)
        if not self.is_utf8 and len(self.telling) < _SAMPLE_BYTES:
            lines = (line for line in block.splitlines() if not line.isascii())
            self.telling += b"\n".join(lines)[: _SAMPLE_BYTES - len(self.telling)]

    def _check_utf8(self, block: bytes, *, final: bool = False) -> None:
        if self.is_utf8:
            try:
                self._utf8.decode(block, final)
            except UnicodeDecodeError:
                self.is_utf8 = False


def survey_bytes(blocks: Iterable[bytes]) -> ByteSurvey:
    survey = ByteSurvey()
    for block in blocks:
        survey.feed(block)
    survey.finish()
    return survey


def encoding_of(survey: ByteSurvey) -> str:
    """The name of a Python codec that reads the whole file."""
    for mark, encoding in _MARKS:
        if survey.head.startswith(mark):
            return encoding
    if unmarked := _unmarked_utf16(survey.head):
        return unmarked
    if survey.is_utf8:
        return "utf-8"
    return _legacy_encoding(survey.telling)


def _unmarked_utf16(head: bytes) -> str | None:
    # Latin letters in UTF-16 leave every second byte empty.
    even, odd = head[0::2], head[1::2]
    if odd and odd.count(0) > 0.7 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if even and even.count(0) > 0.7 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return None


def _legacy_encoding(telling: bytes) -> str:
    if sum(byte > 0x7F for byte in telling) < _TELLING_BYTES:
        return _SINGLE_BYTE_WEST
    best = from_bytes(telling, cp_isolation=_LEGACY, threshold=0.3).best()
    return best.encoding if best else _SINGLE_BYTE_WEST


def why_not_text(survey: ByteSurvey) -> str | None:
    """What the file is instead of a CSV, and what to do; None when it may be text."""
    if not survey.size or not survey.head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n"):
        return "The file is empty. Export it again and check that it holds rows."
    for mark, what in _BINARY:
        if survey.head.startswith(mark):
            return f"The file is {what}, not a CSV. {_BINARY_ADVICE[what]}"
    if not encoding_of(survey).startswith(("utf-16", "utf-32")) and survey.nuls > survey.size / 10:
        return "The file is not text: it holds binary data. Export the contacts as CSV and import that file."
    return None


_BINARY = (
    (b"PK\x03\x04", "an Excel workbook or a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
)
_SAVE_AS = "Open it in Excel, choose File › Save as › CSV UTF-8, and import the saved file."
_BINARY_ADVICE = {
    "an Excel workbook or a ZIP archive": f"{_SAVE_AS} If it is a ZIP archive, unpack it first.",
    "an old Excel workbook": _SAVE_AS,
    "a PDF": "Export the contacts as CSV where the PDF was made.",
    "a gzip archive": "Unpack it first and import the file inside.",
}
