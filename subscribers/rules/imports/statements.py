"""Refuses a statement of consent that states none: an import without permission is what ruins a sender."""

import re

_SHORTEST = 8
_TAKEN = (
    r"(?:purchased|bought|rented|leased|scraped|harvested"
    r"|gekauft\w*|gemietet\w*|achet\w+|lou\w+|comprad\w+|alquilad\w+|acquistat\w+|comprat\w+)"
)
_HAUL = (
    r"(?:lists?|databases?|leads?|e-?mails?|addresses|contacts|subscribers|liste|listen|adressen"
    r"|adressliste|kontakte"
    r"|listes?|adresses|fichiers?|lista|listas|direcciones|contactos|contatti|indirizzi|elenco)"
)
_PURCHASED = (
    re.compile(rf"\b{_TAKEN}\s+(?:\w+\s+){{0,2}}{_HAUL}\b"),
    re.compile(rf"\b{_HAUL}\s+{_TAKEN}\s*(?:$|[.,;]|from\b|bei\b|von\b|auprès|chez\b|de\b|da\b)"),
    re.compile(
        rf"\b{_HAUL}\b.{{0,20}}\b(?:was|were|is|are|been|we|i|we have|we had|wurde|wurden)\s+(?:\w+\s+)?{_TAKEN}\b"
    ),
    re.compile(
        r"\b(?:list|data|lead|address)\s*(?:brokers?|vendors?|sellers?|providers?)\b|\badresshändler"
        r"|\b(?:scraped|harvested|crawled)\b|\bfrom\s+(?:linkedin|google maps|apollo|zoominfo)\b"
    ),
)


def why_refused(statement: str) -> str | None:
    """What is wrong with a consent statement, and what would be right; None when it can stand in the ledger."""
    words = " ".join(statement.split())
    if not words:
        return (
            "Nothing says how these people agreed to hear from you. Say where and when they did, for example: "
            '"Paper form at our stand, trade fair in Lyon, March 2026".'
        )
    if any(pattern.search(words.lower()) for pattern in _PURCHASED):
        return (
            "This list was bought, rented or collected without asking: nobody on it agreed to hear from you, so it "
            "cannot be imported. Import only people who gave their address to you and agreed."
        )
    if len(words) < _SHORTEST:
        return (
            f'"{words}" does not say how these people agreed. Name the place and the time, as you would to a data '
            'protection officer, for example: "Checkout of our shop, box ticked, 2024 to 2026".'
        )
    return None
