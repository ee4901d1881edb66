"""How long a ground for writing lasts by itself."""

from calendar import monthrange
from datetime import datetime

from subscribers.types import Basis

# CASL s. 10 (10) and (13): two years after a purchase, six months after an inquiry.
_MONTHS = {Basis.IMPLIED_PURCHASE: 24, Basis.IMPLIED_INQUIRY: 6}


def expiry_of(basis: Basis, since: datetime) -> datetime | None:
    """None for consent that holds until it is withdrawn."""
    months = months_of(basis)
    return _add_months(since, months) if months else None


def months_of(basis: Basis) -> int | None:
    """None for consent that holds until it is withdrawn."""
    return _MONTHS.get(basis)


def months_before(moment: datetime, months: int) -> datetime:
    """The moment at which something began that ends now after so many months."""
    return _add_months(moment, -months)


def _add_months(moment: datetime, months: int) -> datetime:
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
