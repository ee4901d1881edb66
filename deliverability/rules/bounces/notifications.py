"""Reads Amazon SES notifications that came by mail: JSON instead of a report (SES developer guide, SNS contents)."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from deliverability.rules.bounces.judging import judge
from deliverability.rules.bounces.report import Report
from deliverability.rules.bounces.types import Finding

_BEGIN = re.compile(r"\{\s*\"(notificationType|eventType)\"")


def read_notification(report: Report) -> list[Finding]:
    text = "\n".join([report.notice, *(returned.text for returned in report.returned)])
    match = _BEGIN.search(text)
    if not match:
        return []
    data = _decode(text[match.start() :])
    kind = str(data.get("notificationType") or data.get("eventType") or "").lower()
    if kind == "bounce":
        return _bounced(_mapping(data.get("bounce")))
    if kind == "complaint":
        complaint = _mapping(data.get("complaint"))
        status = str(complaint.get("complaintFeedbackType") or "abuse")
        return [
            Finding(one, "feedback", status, words=kind) for one in _addresses(complaint.get("complainedRecipients"))
        ]
    if kind == "delivery":
        delivery = _mapping(data.get("delivery"))
        response = str(delivery.get("smtpResponse") or "")
        found = re.search(r"2\.\d+\.\d+", response)
        status = found[0] if found else "2.0.0"
        return [Finding(one, "delivered", status, words=response) for one in _addresses(delivery.get("recipients"))]
    return []


def _bounced(bounce: Mapping[str, Any]) -> list[Finding]:
    findings = []
    is_transient = str(bounce.get("bounceType")).lower() == "transient"
    for one in _sequence(bounce.get("bouncedRecipients")):
        person = _mapping(one)
        words = re.sub(r"^\s*[\w-]+;\s*", "", str(person.get("diagnosticCode") or ""))
        status = str(person.get("status") or "")
        told = judge(
            [words, str(bounce.get("bounceSubType") or "")], status=status, is_delay=is_transient and not words
        )
        findings.append(told.of(str(person.get("emailAddress") or "").lower(), is_final=True))
    return findings


def _decode(text: str) -> Mapping[str, Any]:
    # Lines were broken at 1,000 octets, inside of strings too.
    for candidate in (text, re.sub(r"!?\n ?", "", text)):
        try:
            return _mapping(json.JSONDecoder(strict=False).raw_decode(candidate)[0])
        except (ValueError, RecursionError):
            continue
    return {}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else []


def _addresses(value: Any) -> list[str]:
    people = (one if isinstance(one, str) else str(_mapping(one).get("emailAddress") or "") for one in _sequence(value))
    return [address.lower() for address in people]
