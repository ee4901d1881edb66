"""Whether the inbox line, the sender and the plain text keep what they promise."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from templates_app.rules.lint.catalogue import finding
from templates_app.rules.lint.findings import Finding
from templates_app.rules.lint.known import FREEMAIL
from templates_app.rules.lint.page import Page

SHORTEST_PREHEADER, LONGEST_PREHEADER, LONGEST_SUBJECT = 40, 130, 60
_REPLY = re.compile(r"^\s*(?:re|fw|fwd|aw|wg|sv|rv|tr)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_NO_REPLY = re.compile(r"^(?:no[._-]?reply|do[._-]?not[._-]?reply|noresponse|keine[._-]?antwort|nepasrepondre)\b", re.I)
_BADGES = re.compile("[\u2705\u2714\u2611\U0001f535\u2b50\u2757\u26a0\U0001f512]")
_WORD = re.compile(r"[\w’']+")
_LIQUID = re.compile(r"\{[{%].{0,500}?[%}]\}", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What stands around a mail's HTML. `text` is its plain part; None where it is made from the HTML."""

    subject: str
    preheader: str = ""
    from_name: str = ""
    from_email: str = ""
    text: str | None = None


def check_wording(page: Page, envelope: Envelope) -> Iterator[Finding]:
    yield from _subject(_LIQUID.sub("x", envelope.subject).strip())
    yield from _preheader(" ".join(_LIQUID.sub("xxxxxx", envelope.preheader).split()))
    yield from _sender(envelope)
    if envelope.text is not None:
        yield from _text(page, envelope.text)


def _subject(subject: str) -> Iterator[Finding]:
    if not subject:
        yield finding("subject-missing", "The mail has no subject. Say in a few words what it brings.")
    if len(subject) > LONGEST_SUBJECT:
        message = f"The subject has {len(subject)} characters. Say the most important in the first 40."
        yield finding("subject-long", message)
    if _REPLY.match(subject):
        yield finding("fake-reply", "The subject pretends to answer or forward a mail. Take the “Re:” or “Fwd:” away.")
    letters = [letter for letter in subject if letter.isalpha()]
    is_loud = len(letters) > 8 and sum(letter.isupper() for letter in letters) > 0.6 * len(letters)
    if is_loud or subject.count("!") > 1:
        yield finding("subject-shouting", "The subject shouts. Use small letters, and one exclamation mark at most.")


def _preheader(preheader: str) -> Iterator[Finding]:
    if not preheader:
        yield finding("preheader-missing", "There is no preheader. Write a line that goes on from the subject.")
    elif not SHORTEST_PREHEADER <= len(preheader) <= LONGEST_PREHEADER:
        message = f"The preheader has {len(preheader)} characters. Between 40 and 130 fill the line of the inbox."
        yield finding("preheader-length", message)


def _sender(envelope: Envelope) -> Iterator[Finding]:
    local, _, domain = envelope.from_email.lower().rpartition("@")
    if domain in FREEMAIL:
        message = f"{domain} lets nobody else send in its name. Send from a domain of your own."
        yield finding("sender-freemail", message)
    if _NO_REPLY.match(local):
        yield finding(
            "sender-no-reply", f"{envelope.from_email} says that answers are unwanted. Take one that is read."
        )
    name = envelope.from_name.strip()
    if _BADGES.search(name) or (name and name.casefold() == envelope.subject.strip().casefold()) or "{{" in name:
        yield finding("sender-name", f"“{name}” is not the plain name of a sender. Use your brand's, or a person's.")


def _text(page: Page, text: str) -> Iterator[Finding]:
    if not text.strip():
        yield finding("text-missing", "The mail has no plain text. Let it be made from the HTML, or write it.")
        return
    said = {word.casefold() for word in _WORD.findall(_LIQUID.sub(" ", page.text)) if len(word) > 3}
    kept = {word.casefold() for word in _WORD.findall(text)}
    if len(said) >= 10 and len(said & kept) < len(said) / 2:
        share = 100 * len(said & kept) // len(said)
        message = f"Only {share} % of the HTML's words are in the plain text. Let both say the same."
        yield finding("text-diverges", message)
