"""Reads delivery status notifications (RFC 3464, RFC 6533) and what comes near enough to one."""

import re
from dataclasses import dataclass, field

from deliverability.rules.bounces.addresses import clean_address
from deliverability.rules.bounces.judging import judge
from deliverability.rules.bounces.report import Report
from deliverability.rules.bounces.types import Finding

_FIELD = re.compile(r"([A-Za-z][\w\-]{1,60})[ \t]*:(.*)", re.DOTALL)
_TYPED = re.compile(r"^\s*([\w\-]+)\s*;\s*", re.DOTALL)
# The address that we wrote to comes before the one that it was forwarded to.
_WHOSE = ("original-recipient", "final-recipient", "x-actual-recipient", "x-failed-recipient")
_DELIVERED = frozenset({"delivered", "relayed", "expanded", "deliverable"})
# Spellings of "failed" and "delayed" outside the RFC; a missing first letter has been seen too.
_DELAYED = re.compile(r"delay|transient|warning|deferred|retry", re.IGNORECASE)


@dataclass(slots=True)
class _Record:
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def has_recipient(self) -> bool:
        return any(name in self.fields for name in _WHOSE)


def read_delivery_status(report: Report, text: str) -> list[Finding]:
    """A finding for each recipient of one message/delivery-status part."""
    records = _records(text)
    originals = [record.fields.get("original-recipient", "") for record in records]
    if len(set(originals)) < len(originals):
        # One address that was expanded to several: only the final ones tell them apart.
        for record in records:
            record.fields.pop("original-recipient", None)
    return [_finding(report, record.fields) for record in records]


def looks_like_delivery_status(text: str) -> bool:
    """Whether a text that is announced as something else holds the fields all the same."""
    return bool(
        re.search(r"^(final|original)-recipient:", text, re.MULTILINE | re.IGNORECASE)
        and re.search(r"^(action|status|diagnostic-code):", text, re.MULTILINE | re.IGNORECASE)
    )


def _records(text: str) -> list[_Record]:
    records: list[_Record] = []
    current = _Record()
    general: dict[str, str] = {}
    for block in re.split(r"\n[ \t]*\n", text):
        fields = _fields(block)
        for name, value in fields:
            # A second recipient without a blank line between is one more all the same.
            if name in current.fields and (name in _WHOSE or name == "action"):
                records.append(current)
                current = _Record()
            current.fields.setdefault(name, value)
        if current.has_recipient:
            records.append(current)
            current = _Record()
        elif records and not {"reporting-mta", "arrival-date"} & current.fields.keys():
            # The rest of the block before, torn off by a stray blank line.
            for name, value in current.fields.items():
                records[-1].fields.setdefault(name, value)
            current = _Record()
        else:
            general.update(current.fields)
            keep = {
                key: value for key, value in current.fields.items() if key in ("action", "status", "diagnostic-code")
            }
            current = _Record(keep)
    if not records and {"action", "status", "diagnostic-code"} & general.keys():
        records.append(_Record(general))
    return records


def _fields(block: str) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    for line in block.split("\n"):
        match = _FIELD.fullmatch(line)
        if match and not line[0].isspace():
            fields.append((match[1].lower(), match[2].strip()))
        elif fields and line.strip():
            # Folded, or the further lines of a reply pasted without folding.
            name, value = fields[-1]
            fields[-1] = (name, f"{value} {line.strip()}")
    return fields


def _finding(report: Report, fields: dict[str, str]) -> Finding:
    action = fields.get("action", fields.get("ction", "ailed")).lower()
    status = fields.get("status", "")
    recipient = _recipient(report, fields)
    if action.split(" ")[0].strip("();") in _DELIVERED or status.strip().startswith("2."):
        return Finding(recipient, "delivered", status.strip()[:12].split(" ")[0], words=action)
    diagnostic = _TYPED.sub("", fields.get("diagnostic-code", ""), count=1)
    note = " ".join(re.findall(r"\((.*)\)", f"{status} {action}"))
    near, rest = _notice_about(report.notice, recipient)
    is_delay = bool(_DELAYED.search(action))
    judged = judge(
        _texts(diagnostic, note, near, fields.get("x-powermta-bouncecategory", "")),
        farthest=f"{near}\n{rest}",
        status=status,
        is_delay=is_delay,
        stage=f"{diagnostic} {near}",
    )
    return judged.of(recipient, is_final=not is_delay)


def _texts(diagnostic: str, note: str, near: str, category: str) -> list[str]:
    # Sendmail quotes only the first line of a long reply; the others stand in the transcript.
    first = f"{diagnostic} {near}" if re.match(r"\s*\d{3}-", diagnostic) else diagnostic
    return [first, note, category.replace("-", " ")]


def _recipient(report: Report, fields: dict[str, str]) -> str:
    for name in _WHOSE:
        address = clean_address(_TYPED.sub("", fields.get(name, ""), count=1))
        if address:
            return address
    failed = clean_address(report.headers.get("x-failed-recipients"))
    if failed:
        return failed
    about = clean_address(report.notice)
    sender = clean_address(report.headers.get("to"))
    returned = report.original.recipients
    return returned[0] if returned else (about if about != sender else "")


def _notice_about(notice: str, recipient: str) -> tuple[str, str]:
    """The lines of the notice from the recipient's own on, and the whole notice."""
    lines = notice.split("\n")
    at = next((index for index, line in enumerate(lines) if recipient and recipient in line.lower()), None)
    near = "\n".join(lines[at : at + 12]) if at is not None else ""
    return near, notice[:3000]
