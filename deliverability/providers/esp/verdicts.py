"""Puts an ESP's answers in SMTP's terms, so that one table of replies serves all ways out."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from deliverability.types import OutgoingMessage, Reply

# Asked to wait without being told how long.
SHORT_PAUSE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing was taken: the API wants us to wait so many seconds and ask again."""

    seconds: float
    reply: Reply


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing was taken, and nothing will be until a person acts: a key, a bill, a wrong address of the API."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class Divide:
    """A batch was refused as a whole; its messages have to be tried one by one."""


Verdict = list[Reply] | Later | Closed | Divide

_OURS = re.compile(
    r"api.?key|unauthori|forbidden|account|suspend|sender|sending domain|\bfrom\b|verif|permission|billing|credit"
    r"|quota|\bplan\b|signature|identity",
    re.IGNORECASE,
)
_OUR_ACCOUNT = re.compile(r"\baccount\b.{0,40}(inactive|suspend|block|disabled|paused|limit)", re.IGNORECASE)
_THEIRS = re.compile(
    r"\b(to|recipient|recipients)\b.{0,30}(address|email|invalid|valid)|invalid.{0,20}(recipient|'to')", re.IGNORECASE
)
_SUPPRESSED = re.compile(r"inactive|suppress|unsubscribed|complain|black.?list|block.?list|hard.?bounce", re.IGNORECASE)
_WORDS = ("message", "Message", "error", "ErrorMessage", "detail", "description", "errors", "Errors", "data", "name")


def accepted(title: str, message_id: object = "") -> Reply:
    return Reply(250, f"Queued by {title}{f' as {message_id}' if message_id else ''}", "2.0.0")


def general(response: requests.Response, title: str) -> Later | Closed | None:
    """What an answer says of the account or the API rather than of a message; None where it is about messages."""
    status, words = response.status_code, f"{title}: {response.status_code} {words_of(response)}".strip()
    # SparkPost says 420 when the plan's hour, day or month is used up.
    if status in (420, 429) or (status == 503 and "Retry-After" in response.headers):
        return Later(_wait(response), Reply(451, f"Too many requests. {words}", "4.7.0"))
    if status in (401, 402, 403, 407):
        return Closed(Reply(535, f"Our key was refused. {words}", "5.7.8"))
    if status in (404, 405) or 300 <= status < 400:
        return Closed(Reply(530, f"There is no such API. Check domain, region and address. {words}", "5.7.0"))
    return None


def failure(response: requests.Response, title: str, mails: Sequence[OutgoingMessage]) -> Verdict:
    """An answer that is no success and names nobody in particular, for a call with these messages."""
    status, words = response.status_code, words_of(response)
    said = f"{title}: {status} {words}"
    if status in (502, 504):
        # A gateway gave up on the API behind it, which may have taken the call all the same.
        return [Reply(0, said, stage="body")] * len(mails)
    if status >= 500:
        return [Reply(451, said, "4.3.0")] * len(mails)
    if len(mails) > 1:
        return Divide()
    return [refusal(title, f"{status} {words}", mails[0], whole=response.text[:2000])]


def refusal(title: str, words: str, mail: OutgoingMessage, *, whole: str = "") -> Reply:
    """A message was refused, in these words: for its recipient, for something of ours, or for what it says.

    Only an address that is called invalid is a hard bounce; one on the ESP's own list may stand there for anything.
    """
    said, judged = f"{title}: {words}", f"{words} {whole}"
    if _OUR_ACCOUNT.search(judged):
        return Reply(530, said, "5.7.0")
    if _SUPPRESSED.search(judged):
        return Reply(550, said, "5.7.1")
    if _THEIRS.search(judged) or mail.address.lower() in judged.lower():
        return Reply(550, said, "5.1.3")
    if _OURS.search(judged):
        return Reply(530, said, "5.7.0")
    return Reply(554, said, "5.6.0")


def words_of(response: requests.Response) -> str:
    """The sentence in an error's body, wherever this ESP puts it."""
    try:
        return _sentence(json.loads(response.text))[:500]
    except ValueError:
        return " ".join(response.text.split())[:500] or str(response.reason or "")


def _sentence(value: Any) -> str:
    if isinstance(value, dict):
        found = [_sentence(value[name]) for name in _WORDS if value.get(name)]
        return " ".join(dict.fromkeys(filter(None, found))) or " ".join(_sentence(one) for one in value.values())
    if isinstance(value, list):
        return " ".join(dict.fromkeys(_sentence(one) for one in value))
    return str(value) if isinstance(value, str | int) else ""


def _wait(response: requests.Response) -> float:
    """Seconds, from a number or a date (RFC 9110 10.2.3), or from the rate-limit fields that some send instead."""
    given = response.headers.get("Retry-After") or response.headers.get("ratelimit-reset") or ""
    if given.replace(".", "", 1).isdigit():
        return max(float(given), 0.1)
    try:
        return max((parsedate_to_datetime(given) - datetime.now(UTC)).total_seconds(), 0.1)
    except ValueError:
        return SHORT_PAUSE_SECONDS
