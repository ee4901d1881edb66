"""One connection to an ESP's API: a thread that does one call after the other, since `requests` blocks."""

import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import NamedTuple

import requests

from deliverability.providers.base import ProviderConfig
from deliverability.providers.esp.api import Api
from deliverability.providers.esp.exchange import Outcome, Silence, Unwritable, exchange, request_text, response_text
from deliverability.types import OutgoingMessage

# No API answers later than this; its gateway would have given up by then.
LONGEST_ANSWER_SECONDS = 90.0
_SHORTEST_KEY = 6


class Report(NamedTuple):
    line: "Line"
    mails: Sequence[OutgoingMessage]
    outcome: Outcome


class Line:
    """Daemonic: an answer that does not come must not hold up the end of the process."""

    def __init__(self, api: Api, config: ProviderConfig, report: Callable[[Report], None]) -> None:
        self._api, self._config, self._report = api, config, report
        self._inbox: SimpleQueue[Sequence[OutgoingMessage] | None] = SimpleQueue()
        threading.Thread(target=self._run, name=f"esp-{config.kind}", daemon=True).start()

    def send(self, mails: Sequence[OutgoingMessage]) -> None:
        self._inbox.put(mails)

    def close(self) -> None:
        self._inbox.put(None)

    def _run(self) -> None:
        with requests.Session() as http:
            while (mails := self._inbox.get()) is not None:
                self._report(Report(self, mails, self._exchange(http, mails)))

    def _exchange(self, http: requests.Session, mails: Sequence[OutgoingMessage]) -> Outcome:
        try:
            call = self._api.call(mails)
        except Exception as error:  # anymail refuses what an API cannot carry by many kinds of errors
            return Unwritable(" ".join(str(error).split())[:300] or type(error).__name__)
        waits = self._config.timeouts
        try:
            outcome = exchange(http, call, connect=waits.connect, read=min(waits.final, LONGEST_ANSWER_SECONDS))
        except Exception as error:  # a thread that dies would leave its job waiting for ever
            return Silence(repr(error), was_sent=True)
        self._tell(outcome)
        return outcome

    def _tell(self, outcome: Outcome) -> None:
        listen = self._config.listen
        if listen is None:
            return
        # Nothing as short as this is a key; masked, it would leave no word whole.
        secrets = [value for value in self._config.secrets.values() if len(value) >= _SHORTEST_KEY]
        if isinstance(outcome, requests.Response):
            listen(True, request_text(outcome.request, secrets))
            listen(False, response_text(outcome, secrets))
        elif isinstance(outcome, Silence):
            listen(False, f"({outcome.problem})".encode())
