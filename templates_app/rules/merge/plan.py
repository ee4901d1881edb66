"""The merge plan: a version compiled so far that a message costs a few joins, not a render and a MIME build."""

from collections.abc import Mapping, Sequence
from typing import Any

from liquid import BoundTemplate

from templates_app.rules.liquid import environment
from templates_app.rules.liquid.destinations import Destinations
from templates_app.rules.liquid.environment import MailEnvironment
from templates_app.rules.merge.expressions import Scope
from templates_app.rules.merge.headers import subject_header
from templates_app.rules.merge.programs import Program, ProgramBuilder, Words
from templates_app.rules.merge.quoted_printable import encode
from templates_app.types import MessageLinks

_PART = (
    "--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
)


class MergePlan:
    """Makes the content of one message after another from merge values and links."""

    def __init__(self, *, subject: str, html: str, text: str, targets: Sequence[str], key: str) -> None:
        """`key` names the version in the MIME boundary; letters and digits."""
        self.targets = tuple(targets)
        self._subject = environment.TEXT.from_string(subject)
        self._subject_words = Words(self._subject)
        self._text = _Part(environment.TEXT, text, self.targets)
        self._html = _Part(environment.HTML, html, self.targets)
        # Quoted-printable never holds "=_", so this occurs in no content (RFC 2045 6.7).
        boundary = f"=_{key[:40]}"
        self._head = (
            f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'
            + _PART.format(boundary=boundary, subtype="plain")
        ).encode("ascii")
        self._middle = b"\r\n" + _PART.format(boundary=boundary, subtype="html").encode("ascii")
        self._tail = f"\r\n--{boundary}--\r\n".encode("ascii")
        self._fixed_subject = subject_header(subject) if "{" not in subject else None

    def render(self, values: Mapping[str, Any], links: MessageLinks) -> bytes:
        """Content headers (Subject, MIME-Version, Content-Type), a blank line, and the body, for one recipient.

        CRLF lines of at most 76 octets (header lines 78), none beginning with a dot; ends in CRLF. Missing or
        unfit values come out as their fallback, else empty; nothing in them leaves its place.
        """
        destinations = Destinations(links, self.targets)
        merged = {
            **values,
            "unsubscribe_url": links.unsubscribe_url,
            "preferences_url": links.preferences_url,
            "reconfirm_url": links.reconfirm_url,
        }
        return b"".join(
            (
                self._fixed_subject or self._merged_subject(merged, destinations),
                self._head,
                self._text.render(merged, destinations),
                self._middle,
                self._html.render(merged, destinations),
                self._tail,
            )
        )

    def _merged_subject(self, values: Mapping[str, Any], destinations: Destinations) -> bytes:
        scope = Scope(self._subject, values, destinations, b"")
        return subject_header(self._subject_words.render(scope))


class _Part:
    """One alternative of the mail; built for tracked and for plain links when first needed."""

    def __init__(self, mail_environment: MailEnvironment, source: str, targets: Sequence[str]) -> None:
        self._environment, self._targets = mail_environment, targets
        self._template: BoundTemplate = mail_environment.from_string(source)
        self._programs: dict[bool, Program] = {}

    def render(self, values: Mapping[str, Any], destinations: Destinations) -> bytes:
        prefix = destinations.links.click_prefix
        tracked = prefix is not None
        program = self._programs.get(tracked) or self._build(tracked)
        encoded = encode(self._environment.shown(prefix)) if prefix is not None else b""
        return program.render(Scope(self._template, values, destinations, encoded))

    def _build(self, tracked: bool) -> Program:
        builder = ProgramBuilder(self._template, self._targets, tracked=tracked)
        self._programs[tracked] = builder.build(self._template.nodes)
        return self._programs[tracked]
