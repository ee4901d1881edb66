"""Mails that this app writes itself, at the moment of dispatch: the engine's composer port, implemented."""

from subscribers.composers.answers import AnswerComposer
from subscribers.composers.confirmation import ConfirmationComposer
from subscribers.composers.errands import ErrandComposer

__all__ = ["AnswerComposer", "ConfirmationComposer", "ErrandComposer"]
