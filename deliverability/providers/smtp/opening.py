"""Opens a connection: TCP, TLS where asked for, and the handshake, without ever blocking."""

import selectors
import ssl

from deliverability.providers.base import ProviderConfig
from deliverability.providers.smtp.handshake import Capabilities, Handshake, HandshakeFailed
from deliverability.providers.smtp.replies import BadReply, ReplyParser
from deliverability.providers.smtp.transport import ConnectionLost, Transport
from deliverability.types import Reply


class Opening:
    """The first phase of a connection. Every way in which it can end badly raises HandshakeFailed."""

    def __init__(self, config: ProviderConfig, helo: str, context: ssl.SSLContext, transport: Transport) -> None:
        self._config = config
        self._context = context
        self._transport = transport
        self._handshake = Handshake(config, helo)
        self._parser = ReplyParser()
        self._is_tls_started = False
        self.is_flowing = False

    def advance(self, mask: int) -> Capabilities | None:
        """Does what is possible now; the server's capabilities once mail may flow."""
        try:
            if not self.is_flowing and not self._make_it_flow():
                return None
            if mask & selectors.EVENT_WRITE:
                self._transport.flush()
            if mask & selectors.EVENT_READ:
                self._converse()
        except ssl.SSLError as error:
            raise HandshakeFailed(self._tls_failure(error)) from error
        except (ConnectionLost, BadReply, OSError) as error:
            raise HandshakeFailed(self.failure(str(error))) from error
        return self._handshake.capabilities if self._handshake.is_done else None

    def failure(self, problem: str) -> Reply:
        """Why it ended, at the stage that was reached."""
        if not self._transport.is_connected:
            return unreachable(self._config, problem)
        return Reply(
            0,
            f"The connection to the mail server {self._config.host}:{self._config.port} broke off before any mail "
            f"could be sent: {problem}. Nothing was sent. Check that the encryption setting fits the port",
            stage="connect",
        )

    def _make_it_flow(self) -> bool:
        if not self._transport.proceed():
            return False
        if self._config.security == "tls" and not self._is_tls_started:
            self._start_tls()
            return False
        self.is_flowing = True
        if self._handshake.wants_tls:
            self._transport.send([self._handshake.encrypted()])
        return True

    def _converse(self) -> None:
        for code, text in self._parser.feed(self._transport.receive()):
            answer = self._handshake.receive(code, text)
            if answer:
                self._transport.send([answer])
        if self._handshake.wants_tls and not self._is_tls_started:
            if not self._parser.is_clean:
                # Bytes smuggled in before TLS would be taken for the server's own (CVE-2011-0411 and its kin).
                raise BadReply("the server sent more than its answer to STARTTLS")
            self._start_tls()

    def _start_tls(self) -> None:
        self._is_tls_started = True
        self.is_flowing = False
        self._transport.start_tls(self._context, self._config.host)

    def _tls_failure(self, error: ssl.SSLError) -> Reply:
        if isinstance(error, ssl.SSLCertVerificationError):
            problem = f"its certificate is not valid for {self._config.host} ({error.verify_message})"
            advice = "Use the host name that the certificate names, or have the certificate renewed"
        else:
            problem = error.reason or str(error)
            advice = "Check that the encryption setting fits the port: mostly 587 is STARTTLS and 465 is TLS"
        return Reply(
            0,
            f"No secure connection to the mail server {self._config.host}:{self._config.port}: {problem}. "
            f"Nothing was sent. {advice}",
            stage="starttls",
        )


def unreachable(config: ProviderConfig, problem: str) -> Reply:
    """No connection at all, in words for the person who must act."""
    return Reply(
        0,
        f"The mail server {config.host}:{config.port} cannot be reached: {problem}. Nothing was sent. "
        f"Check that it runs and that host and port are right",
        stage="connect",
    )
