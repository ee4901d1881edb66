"""Every webhook that anymail's own tests know: taken or refused as they say, and read as they say."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deliverability.webhooks import Hook, Notice, Secrets, Unproved, Unreadable, hook_kinds, prove, read

CORPUS = Path(__file__).parents[4] / "shared" / "corpora" / "webhooks"
pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the webhook corpus is not here")
KEYS = {
    "mailersend": ("SIGNING_SECRET",),
    "mailgun": ("WEBHOOK_SIGNING_KEY", "API_KEY"),
    "mailtrap": ("TRACKING_SECRET", "SIGNING_SECRET"),
    "mandrill": ("WEBHOOK_KEY",),
    "postal": ("WEBHOOK_KEY",),
    "resend": ("SIGNING_SECRET",),
    "sendgrid": ("TRACKING_WEBHOOK_VERIFICATION_KEY",),
    "unisender_go": ("API_KEY",),
}


def cases() -> list[Any]:
    if not CORPUS.exists():
        return []
    return [json.loads(line) for line in (CORPUS / "anymail-cases.jsonl").read_text().splitlines()]


def secrets_of(case: Mapping[str, Any]) -> Secrets:
    settings, esp = case["settings"], case["esp"]
    given = settings.get("WEBHOOK_SECRET", [])
    passwords = (given,) if isinstance(given, str) else tuple(given)
    names = [f"{before}{esp.upper()}_{key}" for key in KEYS.get(esp, ()) for before in ("", "ANYMAIL_")]
    key = next((settings[name] for name in names if name in settings), "")
    return Secrets(key=key, passwords=passwords)


def hook_of(case: Mapping[str, Any]) -> Hook:
    asked = case["request"]
    (text,) = asked["body"].values()
    # Mandrill signs the address that it was given, password included.
    password = next((f"{one}@" for one in secrets_of(case).passwords), "")
    url = case["settings"].get("MANDRILL_WEBHOOK_URL", f"http://{password}testserver{asked['path']}")
    # Where a test sent bytes, the recording holds Python's way to write them.
    headers = {name: re.sub(r"^b'(.*)'$", r"\1", value) for name, value in asked["headers"].items()}
    return Hook(asked["content_type"], headers, text.encode(), url)


def outcome(case: Mapping[str, Any]) -> tuple[str, list[Notice]]:
    hook = hook_of(case)
    try:
        prove(case["esp"], hook, secrets_of(case))
        return "taken", read(case["esp"], hook)
    except Unproved:
        return "refused", []
    except Unreadable:
        return "not ours", []


def expected_outcome(case: Mapping[str, Any]) -> str:
    told = case["expected"]
    if told["http_status"] in (400, 401):
        return "refused"
    if told["config_error"] and "You must set" in told["config_error"]:
        # No key is set up: for us that is no proof.
        return "refused"
    # Confirming a subscription is the worker's business, not the reader's.
    return "not ours" if told["config_error"] and "ClientError" not in told["config_error"] else "taken"


def comparable(notice: Notice) -> dict[str, Any]:
    return {
        "event_type": notice.what,
        "timestamp": notice.at.isoformat() if notice.at else None,
        "event_id": notice.key,
        "message_id": notice.message_id,
        "recipient": notice.recipient,
        "reject_reason": notice.reason,
        "description": notice.description,
        "mta_response": notice.reply,
        "tags": list(notice.tags),
        "metadata": dict(notice.metadata),
    }


def as_told(event: Mapping[str, Any]) -> dict[str, Any]:
    words = ("event_id", "message_id", "recipient", "reject_reason", "description", "mta_response")
    return {
        "event_type": event["event_type"],
        "timestamp": event["timestamp"],
        **{name: str(event[name] or "") for name in words},
        "tags": [str(tag) for tag in event["tags"] or []],
        "metadata": event["metadata"] or {},
    }


def test_every_webhook_is_taken_or_refused_as_labelled_and_reads_the_same() -> None:
    wrong, seen = [], 0
    for case in cases():
        if case["kind"] != "tracking" or case["request"]["method"] != "POST":
            continue
        seen += 1
        got, notices = outcome(case)
        told = [as_told(event) for event in case["expected"]["tracking_events"] or []]
        if got != expected_outcome(case) or (got == "taken" and [comparable(one) for one in notices] != told):
            wrong.append((case["id"], case["esp"], case["upstream_test"], got, expected_outcome(case)))
    assert not wrong
    assert seen > 80


def test_sendgrids_own_signature_vectors() -> None:
    for vector in json.loads((CORPUS / "sendgrid-signature-vectors.json").read_text()):
        headers = {
            "X-Twilio-Email-Event-Webhook-Signature": vector["signature"],
            "X-Twilio-Email-Event-Webhook-Timestamp": vector["timestamp"],
        }
        hook = Hook("application/json", headers, vector["payload"].encode())
        try:
            prove("sendgrid", hook, Secrets(key=vector["public_key"]))
        except Unproved:
            assert not vector["valid"], vector["id"]
        else:
            assert vector["valid"], vector["id"]


@pytest.mark.parametrize("kind", hook_kinds())
def test_without_a_secret_everything_is_refused(kind: str) -> None:
    for case in cases():
        if case["esp"] == kind:
            with pytest.raises(Unproved):
                prove(kind, hook_of(case), Secrets())
