"""Until when a privacy request must be answered: by the law of the country that the person declared."""

from calendar import monthrange
from datetime import datetime, timedelta

from subscribers.types import PrivacyLaw

# Civil Code 1798.130(a)(2): 45 days, and 45 more where reasonably necessary and the person was told.
_CCPA_DAYS = timedelta(days=45)
# GDPR Art. 12(3): one month, and two more where it is complex and the person was told within the first.
_GDPR_MONTH, _GDPR_EXTENSION = 1, 2


def law_of(country: str) -> PrivacyLaw:
    """The stricter one wherever nobody said where they live."""
    return PrivacyLaw.CCPA if country.upper() == "US" else PrivacyLaw.GDPR


def due(law: PrivacyLaw, received_at: datetime) -> datetime:
    if law == PrivacyLaw.CCPA:
        return received_at + _CCPA_DAYS
    return _months_later(received_at, _GDPR_MONTH)


def extended(law: PrivacyLaw, received_at: datetime) -> datetime:
    """The last day that an extension can give."""
    if law == PrivacyLaw.CCPA:
        return received_at + 2 * _CCPA_DAYS
    return _months_later(received_at, _GDPR_MONTH + _GDPR_EXTENSION)


def _months_later(moment: datetime, months: int) -> datetime:
    """The same day of the month, or its last one (Regulation 1182/71 Art. 3: 31 January runs to 28 February)."""
    years, index = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, index + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
