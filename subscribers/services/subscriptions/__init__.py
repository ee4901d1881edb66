"""Moves a person between asking, being subscribed and having left; every step lands in the ledger."""

from subscribers.services.subscriptions.confirming import Confirmation, confirm_subscription, subscribe
from subscribers.services.subscriptions.farewell import say_why
from subscribers.services.subscriptions.leaving import Departure, unsubscribe, unsubscribe_all
from subscribers.services.subscriptions.requesting import Requested, request_subscription
from subscribers.services.subscriptions.undoing import undo_unsubscribe_all

__all__ = [
    "Confirmation",
    "Departure",
    "Requested",
    "confirm_subscription",
    "request_subscription",
    "say_why",
    "subscribe",
    "undo_unsubscribe_all",
    "unsubscribe",
    "unsubscribe_all",
]
