"""The open sessions of one drain: one per stream's provider, made on first use and thrown away when broken."""

import logging
import time

from accounts.errors import SecretUnreadable
from deliverability.errors import DeliverabilityError
from deliverability.providers.base import Session
from deliverability.providers.registry import open_session
from deliverability.services.patience import patiently
from deliverability.services.providers import provider_config

logger = logging.getLogger(__name__)


class ProviderUnusable(DeliverabilityError):
    """The provider of a stream cannot be used as it is set up."""


class Sessions:
    """Sessions by stream: streams have providers of their own, and marketing must not fill another's connections."""

    def __init__(self) -> None:
        self._sessions: dict[int, Session] = {}

    def of_stream(self, stream_id: int) -> Session:
        """Raises ProviderUnusable with what a person can do."""
        if stream_id not in self._sessions:
            try:
                config = patiently(lambda: provider_config(stream_id=stream_id))
                self._sessions[stream_id] = open_session(config)
            except (SecretUnreadable, DeliverabilityError) as error:
                raise ProviderUnusable(str(error)) from error
        return self._sessions[stream_id]

    def poll(self, seconds: float) -> set[int]:
        """Move everything on for about so long. Returns the streams whose session broke; it is closed and forgotten."""
        if not self._sessions:
            time.sleep(seconds)
        return {stream_id for stream_id in list(self._sessions) if not self._poll_one(stream_id, seconds)}

    def discard(self, stream_id: int) -> None:
        session = self._sessions.pop(stream_id, None)
        if session is not None:
            _close(session)

    def close(self) -> None:
        for stream_id in list(self._sessions):
            self.discard(stream_id)

    def _poll_one(self, stream_id: int, seconds: float) -> bool:
        try:
            self._sessions[stream_id].poll(seconds / len(self._sessions))
        except Exception:  # an adapter's fault must not stop the mail of other streams
            logger.exception("The adapter of stream %s failed. Its batches are sorted out and tried again.", stream_id)
            self.discard(stream_id)
            return False
        return True


def _close(session: Session) -> None:
    try:
        session.close()
    except Exception:  # it is thrown away either way
        logger.exception("A provider's session could not be closed in order.")
