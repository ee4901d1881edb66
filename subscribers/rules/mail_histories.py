"""Weaves the mail of two contacts who are one person: which mailings were the last, and which of them they opened."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LastMails:
    """Mailings newest first; bit n of `opened` and `clicked` stands for the mailing at place n."""

    mailings: Sequence[int]
    opened: int
    clicked: int


def woven(first: LastMails, second: LastMails, most: int) -> LastMails:
    """The last `most` of both; a mailing that went to both is one, opened where either opened it.

    Mailings count upwards in time, so their ids tell the order.
    """
    mailings = sorted({*first.mailings, *second.mailings}, reverse=True)[:most]
    opened = _marked(first.mailings, first.opened) | _marked(second.mailings, second.opened)
    clicked = _marked(first.mailings, first.clicked) | _marked(second.mailings, second.clicked)
    return LastMails(mailings, _bits(mailings, opened), _bits(mailings, clicked))


def _marked(mailings: Sequence[int], bits: int) -> set[int]:
    return {mailing for place, mailing in enumerate(mailings) if bits >> place & 1}


def _bits(mailings: Sequence[int], marked: set[int]) -> int:
    return sum(1 << place for place, mailing in enumerate(mailings) if mailing in marked)
