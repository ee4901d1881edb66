"""From the greeting to the first MAIL: EHLO, STARTTLS, AUTH. Bytes out, replies in, no socket."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass

from deliverability.providers.base import ProviderConfig
from deliverability.providers.smtp.replies import to_reply
from deliverability.types import Reply


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What EHLO offered. `size_limit` 0 means that the server named none (RFC 1870)."""

    pipelining: bool = False
    size: bool = False
    size_limit: int = 0
    smtputf8: bool = False
    starttls: bool = False
    auth: frozenset[str] = frozenset()


class HandshakeFailed(Exception):
    """This connection cannot be used; `reply` says at which stage and why, in words for a person."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.text)
        self.reply = reply


class Handshake:
    """Answers each reply with the next command. Raises HandshakeFailed.

    After a turn, `wants_tls` asks the owner to encrypt the connection and call `encrypted`; `is_done` says that mail
    may flow. Encryption that was asked for and not offered is a failure: never a fallback to the open.
    """

    def __init__(self, config: ProviderConfig, helo: str) -> None:
        self._config = config
        self._helo = helo
        self._answer: Callable[[int, bytes], bytes] = self._on_greeting
        self._is_encrypted = config.security == "tls"
        self.capabilities = Capabilities()
        self.wants_tls = False
        self.is_done = False

    def receive(self, code: int, text: bytes) -> bytes:
        """The bytes to send next, none if it is the owner's turn."""
        return self._answer(code, text)

    def encrypted(self) -> bytes:
        """TLS stands: whatever was learned in the open is forgotten (RFC 3207 4.2)."""
        self._is_encrypted = True
        self.wants_tls = False
        return self._ehlo()

    def _ehlo(self) -> bytes:
        self._answer = self._on_ehlo
        return f"EHLO {self._helo}\r\n".encode()

    def _on_greeting(self, code: int, text: bytes) -> bytes:
        if code != 220:
            raise _failure(code, text, "connect", "The mail server turned the connection away")
        return self._ehlo()

    def _on_ehlo(self, code: int, text: bytes) -> bytes:
        if code == 250:
            self.capabilities = parse_capabilities(text)
            return self._secure_or_authenticate()
        if code // 100 != 5 or self._config.security == "starttls" or self._config.username:
            raise _failure(code, text, "connect", "The mail server refused our EHLO")
        self._answer = self._on_helo
        return f"HELO {self._helo}\r\n".encode()

    def _on_helo(self, code: int, text: bytes) -> bytes:
        if code != 250:
            raise _failure(code, text, "connect", "The mail server refused our HELO")
        return self._finish()

    def _secure_or_authenticate(self) -> bytes:
        if self._config.security == "starttls" and not self._is_encrypted:
            if not self.capabilities.starttls:
                raise _failure(
                    0,
                    b"",
                    "starttls",
                    "The mail server offers no STARTTLS, and this provider requires it. Nothing was sent. "
                    "Use the port that offers it (mostly 587), or change the provider's encryption",
                )
            self._answer = self._on_starttls
            return b"STARTTLS\r\n"
        return self._authenticate() if self._config.username else self._finish()

    def _on_starttls(self, code: int, text: bytes) -> bytes:
        if code != 220:
            raise _failure(code, text, "starttls", "The mail server refused to start TLS. Nothing was sent")
        self.wants_tls = True
        return b""

    def _authenticate(self) -> bytes:
        user, password = self._config.username.encode(), self._config.password.encode()
        if "PLAIN" in self.capabilities.auth:
            self._answer = self._on_auth
            return b"AUTH PLAIN " + b64encode(b"\0" + user + b"\0" + password) + b"\r\n"
        if "LOGIN" in self.capabilities.auth:
            self._answer = self._on_username_wanted
            return b"AUTH LOGIN\r\n"
        raise _failure(
            0,
            b"",
            "auth",
            "The mail server offers no log-in that we know (PLAIN, LOGIN). Nothing was sent. Check port and "
            "encryption: many servers offer it only after STARTTLS, or leave the user name empty",
        )

    def _on_username_wanted(self, code: int, text: bytes) -> bytes:
        if code != 334:
            return self._on_auth(code, text)
        self._answer = self._on_password_wanted
        return b64encode(self._config.username.encode()) + b"\r\n"

    def _on_password_wanted(self, code: int, text: bytes) -> bytes:
        if code != 334:
            return self._on_auth(code, text)
        self._answer = self._on_auth
        return b64encode(self._config.password.encode()) + b"\r\n"

    def _on_auth(self, code: int, text: bytes) -> bytes:
        if code // 100 == 4:
            raise _failure(code, text, "auth", "The mail server cannot check the password at the moment")
        if code != 235:
            raise _failure(
                code,
                text,
                "auth",
                "The mail server refused the user name or password. Nothing was sent. "
                "Correct them in the provider's settings",
            )
        return self._finish()

    def _finish(self) -> bytes:
        self.is_done = True
        return b""


def parse_capabilities(text: bytes) -> Capabilities:
    """Reads the lines of a reply to EHLO; the first is the server's name (RFC 5321 4.1.1.1)."""
    # "AUTH=PLAIN" is how servers wrote it before RFC 4954, and some still do.
    lines = [line.upper().replace("AUTH=", "AUTH ").split() for line in text.decode("latin-1").split("\n")[1:]]
    offers = {words[0]: words[1:] for words in lines if words}
    size = offers.get("SIZE", [])
    return Capabilities(
        pipelining="PIPELINING" in offers,
        size="SIZE" in offers,
        size_limit=int(size[0]) if size and size[0].isdigit() else 0,
        smtputf8="SMTPUTF8" in offers,
        starttls="STARTTLS" in offers,
        auth=frozenset(word for words in lines if words and words[0] == "AUTH" for word in words[1:]),
    )


def _failure(code: int, text: bytes, stage: str, what_happened: str) -> HandshakeFailed:
    said = to_reply(code, text, stage)
    words = f"{what_happened}. It said: {code} {said.enhanced} {said.text}" if code else what_happened + "."
    return HandshakeFailed(Reply(code, " ".join(words.split()), said.enhanced, stage))
