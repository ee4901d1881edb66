"""What the law of a country asks of marketing mail: which grounds it knows, and what should be asked for twice."""

from collections.abc import Mapping
from dataclasses import dataclass

from subscribers.types import Basis

_ASKED = frozenset({Basis.EXPRESS, Basis.DOUBLE_OPT_IN})
_EVERY = frozenset(Basis)
_ANTI_SPAM_EU = "GDPR Art. 6 and 7; ePrivacy Directive 2002/58/EC Art. 13"


@dataclass(frozen=True, slots=True)
class CountryRule:
    """`double_opt_in`: a plain yes is not enough proof; `tracking_months`: how long a yes to tracking lasts, None for
    as long as it is not taken back; `source`: the law, for whoever decides otherwise."""

    bases: frozenset[Basis]
    double_opt_in: bool = False
    tracking_months: int | None = None
    source: str = ""


# Where no country was declared, or one that has no row: what the law of the sender's own country allows.
ELSEWHERE = CountryRule(_EVERY, source="The law of your own country decides.")
_EU = CountryRule(_ASKED | {Basis.SOFT_OPT_IN}, source=_ANTI_SPAM_EU)
_EU_MEMBERS = (
    *("BE", "BG", "CY", "CZ", "DK", "EE", "ES", "FI", "GR", "HR", "HU", "IE", "LT", "LU", "LV", "MT"),
    *("NL", "PL", "PT", "RO", "SE", "SI", "SK", "IS", "LI", "NO"),
)

COUNTRIES: Mapping[str, CountryRule] = {
    **dict.fromkeys(_EU_MEMBERS, _EU),
    # The sender must prove who said yes, which an address typed into a form does not.
    "DE": CountryRule(_EU.bases, double_opt_in=True, source=f"{_ANTI_SPAM_EU}; UWG § 7; BGH I ZR 164/09"),
    "AT": CountryRule(_EU.bases, double_opt_in=True, source=f"{_ANTI_SPAM_EU}; TKG 2021 § 174"),
    "FR": CountryRule(_EU.bases, tracking_months=6, source=f"{_ANTI_SPAM_EU}; CPCE L34-5; CNIL 2026-042"),
    "IT": CountryRule(_EU.bases, source=f"{_ANTI_SPAM_EU}; Garante 284/2026"),
    "GB": CountryRule(_EU.bases | {Basis.LEGITIMATE_INTEREST}, source="UK GDPR; PECR reg. 22"),
    "CH": CountryRule(_EU.bases, source="UWG Art. 3 (1) lit. o"),
    "CA": CountryRule(_ASKED | {Basis.IMPLIED_PURCHASE, Basis.IMPLIED_INQUIRY}, source="CASL s. 6 and 10"),
    "US": CountryRule(_EVERY, source="CAN-SPAM: no consent, but a way out"),
    "AU": CountryRule(_ASKED | {Basis.IMPLIED_PURCHASE, Basis.IMPLIED_INQUIRY}, source="Spam Act 2003, sch. 2"),
}
