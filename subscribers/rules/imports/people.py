"""Reads the names, language and place of a person from single cells."""

import re
from functools import lru_cache
from zoneinfo import available_timezones

from subscribers.rules.imports.headers import fold
from subscribers.rules.imports.words import CellRefused


def split_name(full_name: str) -> tuple[str, str]:
    """First and last name, as well as a machine can tell: `Schmidt, Anna` and `Anna Maria Schmidt` both work."""
    if ", " in full_name:
        last, _, first = full_name.partition(", ")
    else:
        first, _, last = full_name.rpartition(" ")
        if not first:
            first, last = last, ""
    return first.strip(), last.strip()


@lru_cache(maxsize=4096)
def locale_of(text: str) -> str:
    """BCP 47, such as `de` or `pt-BR`. Raises CellRefused."""
    language, _, rest = text.replace("_", "-").partition("-")
    code = _LANGUAGES.get(fold(text)) or language.lower()
    if not re.fullmatch(r"[a-z]{2,3}", code) or (rest and not re.fullmatch(r"[A-Za-z0-9-]{2,12}", rest)):
        raise CellRefused("This is not a language code such as de or pt-BR.")
    if not rest or code != language.lower():
        return code
    return f"{code}-{rest.upper() if len(rest) == 2 else rest}"


@lru_cache(maxsize=4096)
def country_of(text: str) -> str:
    """ISO 3166 alpha-2. Raises CellRefused."""
    if re.fullmatch(r"[A-Za-z]{2}", text):
        return "GB" if text.upper() == "UK" else text.upper()
    if found := _COUNTRIES.get(fold(text)):
        return found
    raise CellRefused("This is not a country that we know. Use the two-letter code, such as FR.")


@lru_cache(maxsize=4096)
def time_zone_of(text: str) -> str:
    """IANA name. Raises CellRefused."""
    if found := _time_zones().get(text.lower().replace(" ", "_")):
        return found
    raise CellRefused("This is not a time zone such as Europe/Berlin.")


@lru_cache(maxsize=1)
def _time_zones() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


_LANGUAGES = {
    name: code
    for code, names in {
        "en": "english|englisch|anglais|ingles|inglese",
        "de": "german|deutsch|allemand|aleman|tedesco",
        "fr": "french|francais|franzosisch|frances|francese",
        "es": "spanish|espanol|spanisch|espagnol|spagnolo",
        "it": "italian|italiano|italienisch|italien",
        "nl": "dutch|nederlands|niederlandisch|neerlandais",
        "pt": "portuguese|portugues|portugiesisch|portugais",
        "sv": "swedish|svenska|schwedisch",
        "pl": "polish|polski|polnisch|polonais",
    }.items()
    for name in names.split("|")
}
_COUNTRIES = {
    name: code
    for code, names in {
        "AT": "austria|osterreich|autriche|aut",
        "AU": "australia|australien|australie|aus",
        "BE": "belgium|belgien|belgique|belgie|bel",
        "BR": "brazil|brasil|brasilien|bresil|bra",
        "CA": "canada|kanada|can",
        "CH": "switzerland|schweiz|suisse|svizzera|suiza|che",
        "CZ": "czechia|czech republic|tschechien|cze",
        "DE": "germany|deutschland|allemagne|alemania|germania|deu",
        "DK": "denmark|danmark|danemark|danemark|dnk",
        "ES": "spain|espana|spanien|espagne|spagna|esp",
        "FI": "finland|suomi|finnland|finlande|fin",
        "FR": "france|frankreich|francia|fra",
        "GB": "united kingdom|great britain|england|scotland|wales|vereinigtes konigreich|royaume uni|gbr",
        "IE": "ireland|irland|irlande|irl",
        "IN": "india|indien|inde|ind",
        "IT": "italy|italia|italien|italie|ita",
        "JP": "japan|japon|jpn",
        "LU": "luxembourg|luxemburg|lux",
        "MX": "mexico|mexiko|mexique|mex",
        "NL": "netherlands|the netherlands|holland|nederland|niederlande|pays bas|nld",
        "NO": "norway|norge|norwegen|norvege|nor",
        "NZ": "new zealand|neuseeland|nzl",
        "PL": "poland|polska|polen|pologne|pol",
        "PT": "portugal|prt",
        "SE": "sweden|sverige|schweden|suede|swe",
        "US": "united states|united states of america|usa|vereinigte staaten|etats unis|estados unidos|stati uniti",
    }.items()
    for name in names.split("|")
}
