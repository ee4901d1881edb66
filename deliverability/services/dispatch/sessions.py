"""The open sessions of one drain: made on first use, polled together, and thrown away when broken."""

import logging
import selectors
import time
from dataclasses import replace

from accounts.errors import SecretUnreadable
from deliverability.errors import DeliverabilityError
from deliverability.models import Provider
from deliverability.providers.base import KeepsConnections, Session
from deliverability.providers.registry import open_session
from deliverability.queries.lanes import WorkingLane
from deliverability.services.patience import patiently
from deliverability.services.providers import provider_config

logger = logging.getLogger(__name__)

# A stream, a provider, and the mailbox provider whose connections are kept apart; empty for those that share theirs.
SessionKey = tuple[int, int, str]


class ProviderUnusable(DeliverabilityError):
    """A provider cannot be used as it is set up."""


class Sessions:
    """Sessions by stream, since marketing must not fill another's connections, and by lane where a lane is paced:
    a mailbox provider counts the connections and the messages on each."""

    def __init__(self) -> None:
        self._sessions: dict[SessionKey, Session] = {}

    @staticmethod
    def key_of(lane: WorkingLane) -> SessionKey:
        is_apart = lane.is_paced or lane.messages_per_connection is not None
        return lane.key.stream_id, lane.way.provider_id, lane.key.mailbox_provider if is_apart else ""

    def of_lane(self, lane: WorkingLane) -> Session:
        """Raises ProviderUnusable with what a person can do."""
        key = self.key_of(lane)
        if key not in self._sessions:
            try:
                config = patiently(lambda: provider_config(provider_id=lane.way.provider_id))
                if lane.messages_per_connection is not None:
                    most = min(config.max_messages_per_connection, lane.messages_per_connection)
                    config = replace(config, max_messages_per_connection=most)
                self._sessions[key] = open_session(config)
            except (SecretUnreadable, DeliverabilityError, Provider.DoesNotExist) as error:
                raise ProviderUnusable(str(error)) from error
        return self._sessions[key]

    def keep(self, key: SessionKey, connections: int) -> int:
        """Have at most so many connections in a session; returns how many are open, goodbyes included."""
        session = self._sessions.get(key)
        return session.keep(connections) if isinstance(session, KeepsConnections) else 0

    def poll(self, seconds: float) -> set[SessionKey]:
        """Move everything on for about so long. Returns the sessions that broke; they are closed and forgotten."""
        if not self._sessions:
            time.sleep(seconds)
            return set()
        if len(self._sessions) == 1 or not all(isinstance(one, KeepsConnections) for one in self._sessions.values()):
            share = seconds / len(self._sessions)
            return {key for key in list(self._sessions) if not self._poll_one(key, share)}
        return self._poll_together(time.monotonic() + seconds)

    def abandon(self, key: SessionKey, problem: str) -> None:
        """Cut a session off; what may have been accepted gets its Result first."""
        if key in self._sessions:
            self._sessions[key].abandon(problem)
            self.discard(key)

    def discard(self, key: SessionKey) -> None:
        session = self._sessions.pop(key, None)
        if session is not None:
            _close(session)

    def close(self) -> None:
        for key in list(self._sessions):
            self.discard(key)

    def _poll_together(self, end: float) -> set[SessionKey]:
        """Whoever has something to do is polled, and nobody waits for a slow one's answers."""
        broken = {key for key in list(self._sessions) if not self._poll_one(key, 0)}
        with selectors.DefaultSelector() as selector:
            for key, session in self._sessions.items():
                if isinstance(session, KeepsConnections):
                    selector.register(session.fileno(), selectors.EVENT_READ, key)
            while not self._has_finished() and (wait := end - time.monotonic()) > 0:
                for ready, _ in selector.select(wait):
                    if not self._poll_one(ready.data, 0):
                        # Its descriptor is closed with it; the others go on with the next poll.
                        return broken | {ready.data}
        return broken

    def _has_finished(self) -> bool:
        return any(isinstance(one, KeepsConnections) and one.has_finished for one in self._sessions.values())

    def _poll_one(self, key: SessionKey, seconds: float) -> bool:
        try:
            self._sessions[key].poll(seconds)
        except Exception:  # an adapter's fault must not stop the mail of other streams
            logger.exception("The adapter of stream %s failed. Its batches are sorted out and tried again.", key[0])
            self.discard(key)
            return False
        return True


def _close(session: Session) -> None:
    try:
        session.close()
    except Exception:  # it is thrown away either way
        logger.exception("A provider's session could not be closed in order.")
