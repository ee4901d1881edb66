"""Frames what a composer wrote for one recipient."""

from deliverability.errors import HeaderRefused
from deliverability.services.framing import MessageFrame
from deliverability.types import OutgoingMessage, Skipped, SkipReason


def framed(frame: MessageFrame, recipient_id: int, address: str, content: bytes) -> OutgoingMessage | Skipped:
    """The message, or why there is none: no header can carry the address."""
    try:
        return frame.frame(recipient_id=recipient_id, address=address, content=content)
    except HeaderRefused:
        return Skipped(recipient_id, SkipReason.UNDELIVERABLE_ADDRESS)
