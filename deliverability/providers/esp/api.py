"""What the session needs of an ESP's API: how many mails a call carries, how to write one, how to read its answer."""

from collections.abc import Sequence
from typing import Protocol

import requests

from deliverability.providers.esp.exchange import Call
from deliverability.providers.esp.verdicts import Verdict
from deliverability.types import OutgoingMessage


class Api(Protocol):
    """Knows one ESP and one account. `most` is how many different mails a call may carry at once.

    Calls are written and answers read by several threads at a time, so implementations keep no state.
    """

    most: int

    def call(self, mails: Sequence[OutgoingMessage]) -> Call:
        """The request that sends these mails. Raises ValueError or AnymailError for what the API cannot carry."""

    def read(self, response: requests.Response, mails: Sequence[OutgoingMessage]) -> Verdict:
        """One reply for each of the mails, in order, or what the answer says of all of them."""
