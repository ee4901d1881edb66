"""Sorts the parts of a mail: what the server tells people, what it tells machines, and the mail that it returns."""

import re
from dataclasses import dataclass, field

from deliverability.rules.bounces.addresses import addresses_in
from deliverability.rules.bounces.mime import Headers, Part, split_headers

# Where a notice that is one text ends and the returned mail begins, as servers word it.
_MARK = re.compile(
    r"^[ \t>]*[-=*_#+ ]*("
    r"(this is a copy of (the|your) message|below (this line )?is a copy|(the )?(header|headers|body|text) of (the"
    r"|your) (original )?(message|mail)"
    r"|(unsent|original|returned|undelivered|bounced|forwarded|rejected|offending|non-?delivered)[ -]+(message"
    r"|e-?mail|mail)( text)?\b"
    r"( (is |was )?(attached|follows|below|headers?|in full|included)[^\n]{0,40}|[ \t]*[-=*:.#_]*$|[ \t]*[-:]{2,}"
    r"|[^\n]{0,20} as follows)"
    r"|enclosed is a copy|message headers? follows?|message (text|header|body) follows|a (copy|summary) of (the"
    r"|your) (original|undelivered|message)"
    r"|start of returned message|begin(ning)? (of )?(original|returned|message)|here is (a copy|the (original"
    r"|message|first))"
    r"|your (message|mail) (reads|was|follows|began|contained|text)\b[^\n]{0,30}:[ \t]*$|the (unsent"
    r"|original) (message|mail) (is|was|follows|reads)[^\n]{0,30}$"
    r"|(the )?first \d+ (lines|bytes|characters)|included is a copy|---- ?header|message follows"
    r"|copy of (the )?(original )?(message|mail)[^\n]{0,30}$"
    r"|原文|元のメール|----- 原|originalnachricht|ursprüngliche nachricht|message d'origine|mensaje original)"
    r")",
    re.IGNORECASE | re.MULTILINE,
)
_FIELD = re.compile(r"(?:From |>?[A-Z][A-Za-z0-9\-]{1,40}:(?:[ \t]|$))")
_TELLING = re.compile(
    r"(received|return-path|message-id|mime-version|x-[\w-]+|dkim-signature|content-type):", re.IGNORECASE
)
_RETURNED_TYPES = frozenset(
    {
        "message/rfc822",
        "text/rfc822-headers",
        "message/rfc822-headers",
        "message/global",
        "message/global-headers",
        "message/partial",
        "text/rfc822",
        "message/news",
    }
)
# Longer ones are the returned mail, or meant to keep us busy.
_LONGEST_NOTICE = 100_000


@dataclass(slots=True)
class Returned:
    """The mail that a report is about, as far as it came back: its header fields and everything as text."""

    headers: Headers = field(default_factory=Headers)
    text: str = ""

    @property
    def recipients(self) -> list[str]:
        """To whom it went by its own headers."""
        for name in ("x-original-to", "x-envelope-to", "envelope-to", "delivered-to", "to", "apparently-to", "cc"):
            found = addresses_in(" ".join(self.headers.all(name)))
            if found:
                return found
        return []


@dataclass(slots=True)
class Report:
    """`notice` is what the server tells people. `machine` holds (content type, text) in order of appearance."""

    headers: Headers
    notice: str = ""
    machine: list[tuple[str, str]] = field(default_factory=list)
    returned: list[Returned] = field(default_factory=list)
    # For each machine-readable part, the index in `returned` of the mail that follows it.
    follows: list[int] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)

    @property
    def original(self) -> Returned:
        return self.returned[0] if self.returned else Returned()

    def original_of(self, machine_index: int) -> Returned:
        """The mail that the machine-readable part of this index speaks of."""
        index = self.follows[machine_index]
        return self.returned[index] if index < len(self.returned) else self.original


def sort_parts(mail: Part) -> Report:
    report = Report(mail.headers)
    notices: list[tuple[str, str]] = []
    _sort(mail, report, notices)
    plain = [text for kind, text in notices if kind != "text/html" and text.strip()]
    # The HTML says the same once more, where there is both.
    report.notice = "\n\n".join(plain or [text for _, text in notices])[:_LONGEST_NOTICE]
    _cut_returned(report)
    return report


def _sort(part: Part, report: Report, notices: list[tuple[str, str]]) -> None:
    if part.parts:
        for child in part.parts:
            _sort(child, report, notices)
        return
    kind = part.content_type
    if kind in _RETURNED_TYPES:
        _add_returned(part, report)
    elif kind in (
        "message/delivery-status",
        "message/global-delivery-status",
        "message/feedback-report",
        "message/disposition-notification",
        "message/xml-delivery-status",
    ):
        report.machine.append((kind.replace("global-", ""), _machine_text(part)))
        report.follows.append(len(report.returned))
    elif kind.startswith("text/") and not report.returned:
        notices.append((kind, part.text))
    elif kind.startswith("text/"):
        # Some put the explanation behind the mail that they return.
        notices.append((kind, part.text if len(part.text) < 4000 else ""))


def _add_returned(part: Part, report: Report) -> None:
    text = part.content.lstrip("\n")
    headers, _ = split_headers(text)
    report.returned.append(Returned(headers, text[:_LONGEST_NOTICE]))
    if part.content_type == "message/rfc822":
        report.attached.append(text)


def _machine_text(part: Part) -> str:
    text = part.text
    # Base64 is forbidden here (RFC 3464 2, RFC 5965 2) and met nevertheless, announced or not.
    return (
        text
        if re.search(r"^[\w-]+:", text, re.MULTILINE)
        else Part(Headers([("content-transfer-encoding", "base64")]), part.body).text
    )


def _cut_returned(report: Report) -> None:
    """Take the returned mail off the end of a notice that is one text."""
    mark = _MARK.search(report.notice)
    start = min(
        [at for at in (mark.start() if mark else None, _header_block(report.notice)) if at is not None], default=None
    )
    if start is None:
        return
    rest = report.notice[start:]
    report.notice = report.notice[:start]
    if mark and start == mark.start():
        rest = rest.partition("\n")[2]
    lines = rest.split("\n")
    first = next((index for index, line in enumerate(lines) if _FIELD.match(line)), len(lines))
    text = "\n".join(lines[first:])
    if text.strip() or rest.strip():
        headers, _ = split_headers(text)
        report.returned.insert(0, Returned(headers, text or rest))


def _header_block(text: str) -> int | None:
    """Where three or more lines in a row look like a mail's header, one of which only a server writes."""
    position = fields = 0
    start = None
    telling = False
    for line in text.split("\n"):
        if _FIELD.match(line):
            start = position if start is None else start
            fields += 1
            telling = telling or bool(_TELLING.match(line))
            if fields >= 3 and telling:
                return start
        elif not (line[:1] in (" ", "\t") and start is not None):
            start, fields, telling = None, 0, False
        position += len(line) + 1
    return None
