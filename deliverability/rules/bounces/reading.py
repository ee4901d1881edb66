"""Reads any mail that came to a bounce or feedback address and says whom it is about and what became of theirs."""

import re
from dataclasses import replace

from deliverability.rules.bounces.auto_replies import is_surely_auto_reply, read_auto_reply
from deliverability.rules.bounces.candidates import tokens_in
from deliverability.rules.bounces.delivery_status import looks_like_delivery_status, read_delivery_status
from deliverability.rules.bounces.feedback import read_feedback
from deliverability.rules.bounces.mime import read_mail, read_part
from deliverability.rules.bounces.notices import looks_like_notice, read_notice
from deliverability.rules.bounces.notifications import read_notification
from deliverability.rules.bounces.report import Report, sort_parts
from deliverability.rules.bounces.types import Finding

_ENVELOPE = ("to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to", "apparently-to")
_FORWARDED_DEPTH = 2


def read_bounce(raw: bytes) -> list[Finding]:
    """One finding per recipient, in the mail's own order; empty for a mail that is no report and no auto-reply.

    Never raises. The same mail with LF, CRLF or CR line ends gives the same.
    """
    return _read(sort_parts(read_mail(raw)), _FORWARDED_DEPTH)


def _read(report: Report, depth: int) -> list[Finding]:
    wrapped = [text for text in report.attached if depth and not report.machine and _holds_report(text)]
    findings = _read(sort_parts(read_mail(wrapped[0].encode("latin-1", "replace"))), depth - 1) if wrapped else []
    findings = findings or _findings(report)
    if not findings and depth and report.attached:
        # Somebody, or a filter, has put the report into a mail of their own.
        findings = _read(sort_parts(read_mail(report.attached[0].encode("latin-1", "replace"))), depth - 1)
        return [one for one in findings if one.kind != "auto-reply"]
    return findings


def _holds_report(text: str) -> bool:
    """Whether an attached mail is a report itself: a virus scanner's notice around sendmail's, for one."""
    return "multipart/report" in read_part(text).headers.get("content-type").lower()


def _findings(report: Report) -> list[Finding]:
    tokens = _tokens(report)
    return [replace(one, tokens=tokens) if not one.tokens else one for one in _sort_of_mail(report)]


def _sort_of_mail(report: Report) -> list[Finding]:
    if found := read_notification(report) or read_feedback(report):
        return found
    if found := _machine_readable(report):
        return found
    if is_surely_auto_reply(report):
        return read_auto_reply(report)
    if looks_like_notice(report) and (found := read_notice(report)):
        return found
    return read_auto_reply(report)


def _machine_readable(report: Report) -> list[Finding]:
    found: dict[str, Finding] = {}
    texts = [
        text for kind, text in report.machine if kind in ("message/delivery-status", "message/xml-delivery-status")
    ]
    if not texts and looks_like_delivery_status(report.notice):
        texts = [report.notice]
    for text in texts:
        for finding in read_delivery_status(report, text):
            found.setdefault(finding.recipient, finding)
    if found:
        return list(found.values())
    return _refused_on_reading(report)


def _refused_on_reading(report: Report) -> list[Finding]:
    """Sieve's reject and Dovecot's quota answer with a disposition notification (RFC 8098) instead."""
    for kind, text in report.machine:
        if kind == "message/disposition-notification" and re.search(
            r"^disposition:.*\b(deleted|denied|failed)", text, re.I | re.M
        ):
            return read_notice(report)
    return []


def _tokens(report: Report) -> tuple[str, ...]:
    """What may be a keyed token of ours: in the report's envelope first, then in the mail that it returns."""
    headers = [value for name in _ENVELOPE for value in report.headers.all(name)]
    returned = [one.text for one in report.returned]
    return tokens_in("\n".join([*headers, *returned, *(text for _, text in report.machine), report.notice]))
