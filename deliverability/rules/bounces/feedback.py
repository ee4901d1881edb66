"""Reads complaints: ARF (RFC 5965, RFC 6591), several reports in a mail, and those of before the standard."""

import re

from deliverability.rules.bounces.addresses import addresses_in
from deliverability.rules.bounces.candidates import tokens_in
from deliverability.rules.bounces.report import Report, Returned
from deliverability.rules.bounces.types import Finding

_FIELD = re.compile(r"^([A-Za-z][\w\-]+)[ \t]*:[ \t]*(.*(?:\n[ \t]+.*)*)", re.MULTILINE)
_RECIPIENT_FIELDS = (
    "original-rcpt-to",
    "removal-recipient",
    "x-removal-recipient",
    "original-recipient",
    "final-recipient",
)
# Hotmail's and Outlook.com's junk mail reports name the recipient in the returned mail only.
_RETURNED_FIELDS = ("x-hmxmroriginalrecipient", "to", "x-original-to", "x-rcpt-to", "x-envelope-to", "delivered-to")
_SUBJECTS = (
    (
        re.compile(
            r"complaint about message from|(e-?mail )?feedback report (for|from)|spam (complaint|report)"
            r"|abuse (report|complaint)"
            r"|junk (mail|e-?mail) report|client tos notification|\[?spamcop",
            re.IGNORECASE,
        ),
        "abuse",
    ),
    (
        re.compile(
            r"dmarc (forensic|failure)|(spf|dkim|dmarc)\S* .{0,40}(failure|forensic) report"
            r"|authentication.failure report",
            re.IGNORECASE,
        ),
        "auth-failure",
    ),
)
_BODIES = (
    (
        re.compile(
            r"this is an? (e-?mail )?abuse report|user .{0,40}(marked|reported) .{0,60}(as )?(spam|junk)"
            r"|complaint .{0,40}(was|has been) received",
            re.I,
        ),
        "abuse",
    ),
    (
        re.compile(
            r"failed the published dmarc policy|did not meet .{0,40}dmarc policy|authentication.failure report", re.I
        ),
        "auth-failure",
    ),
)
_UNSUBSCRIBE = re.compile(
    r"^\s*(re:\s*)?(unsubscribe|opt[ -]?out|remove( me)?|abmelden|désabonner|desabonner|baja)\s*[.!]?\s*$",
    re.IGNORECASE,
)
_BY_SOFTWARE = re.compile(
    r"apple mail sent this email to unsubscribe|unsubscribe request|list-unsubscribe", re.IGNORECASE
)


def read_feedback(report: Report) -> list[Finding]:
    """A finding for each recipient of each report; nothing for a mail that is no complaint."""
    findings: list[Finding] = []
    for index, (kind, text) in enumerate(report.machine):
        if kind == "message/feedback-report":
            findings += _arf(text, report.original_of(index), report)
    return findings or _older_forms(report) or _unsubscribe(report)


def _arf(text: str, original: Returned, report: Report) -> list[Finding]:
    fields: dict[str, list[str]] = {}
    for name, value in _FIELD.findall(text):
        fields.setdefault(name.lower(), []).append(value)
    kind = re.sub(r"[^\w-]", "", fields.get("feedback-type", ["abuse"])[0].split(";")[0].lower()) or "abuse"
    named = next(filter(None, (addresses_in(" ".join(fields.get(name, []))) for name in _RECIPIENT_FIELDS)), [])
    recipients = named or _of_returned(original, report)
    words = f"{kind} report from {fields.get('user-agent', ['an unnamed agent'])[0]}"
    # Of several reports in one mail, each speaks of its own.
    tokens = tokens_in(original.text)
    return [Finding(recipient, "feedback", kind, words=words, tokens=tokens) for recipient in recipients or [""]]


def _of_returned(original: Returned, report: Report) -> list[str]:
    reporter = set(addresses_in(report.headers.get("from")))
    for name in _RETURNED_FIELDS:
        found = [one for one in addresses_in(" ".join(original.headers.all(name))) if one not in reporter]
        if found:
            return found
    return []


def _older_forms(report: Report) -> list[Finding]:
    subject = report.headers.get("subject")
    kind = next((kind for pattern, kind in _SUBJECTS if pattern.search(subject)), "")
    kind = kind or next((kind for pattern, kind in _BODIES if pattern.search(report.notice)), "")
    is_report = (
        "report-type=feedback-report" in report.headers.get("content-type").replace('"', "").replace(" ", "").lower()
    )
    if not (kind or is_report or "x-hmxmroriginalrecipient" in report.original.headers):
        return []
    if not report.returned and not is_report:
        return []
    # In a failure report the mail may be a forgery, and its To somebody who never heard of us.
    recipients = _of_returned(report.original, report) if kind != "auth-failure" else []
    return [Finding(one, "feedback", kind or "abuse", words=subject) for one in recipients or [""]]


def _unsubscribe(report: Report) -> list[Finding]:
    """A mail program answers List-Unsubscribe (RFC 2369) by a mail from the person's own address."""
    subject = report.headers.get("subject")
    if _UNSUBSCRIBE.match(subject) and (len(report.notice.strip()) < 200 or _BY_SOFTWARE.search(report.notice)):
        return [
            Finding(one, "feedback", "opt-out", words=subject) for one in addresses_in(report.headers.get("from"))[:1]
        ]
    return []
