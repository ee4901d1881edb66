"""Refuses a statement of consent that states none: an import without permission is what ruins a sender."""

import re

from subscribers.rules.imports.headers import fold

_SHORTEST = 8
# Folded words, without accents: English, German, French, Spanish, Italian.
_TAKEN = (
    r"(?:purchased|bought|rented|leased|scraped|harvested|crawled"
    r"|gekauft\w*|zugekauft\w*|eingekauft\w*|gemietet\w*|angemietet\w*|gescrapt\w*|achet\w+|lou(?:e|es|ee|ees)"
    r"|comprad\w+|alquilad\w+|acquistat\w+|comprat\w+|noleggiat\w+|affittat\w+)"
)
_HAUL = (
    r"(?:lists?|databases?|leads|e ?mails?|addresses|contacts|subscribers|liste|listen|adressen|adressliste"
    r"|adressdaten|datensatze|kontakte|listes?|adresses|fichiers?|bases? de donnees|lista|listas|base de datos|bases de"
    r" datos|correos|direcciones|contactos|contatti|indirizzi|elenco|elenchi|database)"
)
_SAID_OF_A_HAUL = r"(?:was|were|is|are|been|we|i|we have|we had|wurde|wurden|haben wir|fue|fueron|ete|stat[aoie])"
_BY_TRADE = (
    r"\b(?:list|data|lead|address) ?(?:brokers?|vendors?|sellers?|providers?)\b|\be ?mail append"
    r"|\badress(?:handler|broker|verlag)|\bmietadressen\b|\bcourtiers? en (?:donnees|fichiers)\b"
    r"|\bbroker de (?:datos|listas)\b|\bproveedor de (?:datos|bases)\b"
    r"|\bfornitor[ei] di (?:liste|dati|database|contatti)\b"
)
_FROM_THE_WEB = (
    r"\b(?:scraped|harvested|crawled|gescrapt\w*|scrape[esr]*|scrappe[es]*|raspad[oa]s?)\b"
    r"|\bfrom (?:linkedin|google maps|apollo|zoominfo|lusha|rocketreach|seamless ai|cognism)\b"
    r"|\b(?:von|aus) (?:linkedin|google maps|apollo|zoominfo|dem impressum)\b"
    r"|\b(?:collected|copied|taken|gathered|extracted) from (?:the )?(?:web|internet|websites?|directories)\b"
    r"|\b(?:gesammelt|ausgelesen|kopiert) (?:aus|von) (?:dem )?(?:internet|netz|webseiten|websites|linkedin)"
    r"|\b(?:extrait|recolte|collecte|aspire)\w* (?:de|du|des|sur|d) (?:linkedin|sites?|internet|web|google)"
    r"|\b(?:extraid[oa]s|recopilad[oa]s|sacad[oa]s) de (?:la )?(?:linkedin|internet|webs?|google)"
    r"|\b(?:estratt[ioae]|raccolt[ioae]|pres[ie]) da (?:linkedin|internet|siti|web|google)"
)
_BOUGHT = (
    re.compile(rf"\b{_TAKEN} (?:\w+ ){{0,2}}{_HAUL}\b"),
    re.compile(rf"\b{_HAUL} {_TAKEN}(?:$| (?:from|bei|von|vom|aupres|chez|de|da|a|por|in|im|en)\b)"),
    re.compile(rf"\b{_HAUL}\b.{{0,20}}\b{_SAID_OF_A_HAUL} (?:\w+ )?{_TAKEN}\b"),
    # German puts what was done last.
    re.compile(rf"\b{_HAUL} (?:wurden?|haben wir) (?:\w+ ){{0,4}}(?:zu|ein)?gekauft\b"),
    re.compile(_BY_TRADE),
    re.compile(_FROM_THE_WEB),
)
# Whoever is on such a list gave their address to somebody else, for something else.
_OF_OTHERS = re.compile(
    r"\b(?:trade ?show|exhibition|conference|expo|event|fair) (?:attendee |exhibitor |visitor |delegate )?"
    r"(?:list|database)"
    r"|\b(?:attendee|exhibitor|delegate|visitor|member(?:ship)?|participant) (?:list|directory)\b|\byellow pages\b"
    r"|\b(?:business|industry|company) directory\b"
    r"|\b(?:messe|teilnehmer|aussteller|besucher|mitglieder)(?:adress)?(?:liste|verzeichnis)\b|\bgelbe[n]? seiten\b"
    r"|\bbranchen(?:buch|verzeichnis)\b|\bliste des (?:participants|exposants|visiteurs|membres)\b|\bpages jaunes\b"
    r"|\bannuaire\b|\blista de (?:asistentes|expositores|participantes|visitantes)\b|\bpaginas amarillas\b"
    r"|\bdirectorio de empresas\b|\bpagine gialle\b"
    r"|\b(?:elenco|lista) (?:dei |degli )?(?:partecipanti|espositori|visitatori)\b"
)
_AGREED = re.compile(
    r"\b(?:agreed|ticked|opted in|opt in|signed up|sign up|subscribed|asked for|asked to|consent\w*|forms?|checkbox"
    r"|angekreuzt|eingewilligt|einwilligung|angemeldet|formular\w*|zugestimmt|coche\w*|accepte\w*|inscrits?|inscrit\w+"
    r"|formulaire\w*|consenti\w*|marc(?:o|aron)|acept\w+|suscri\w+|formulari\w+|accettat\w+|iscritt\w+|modul[oi]|spuntat\w+)\b"
)
_INSTEAD = (
    "Such lists hold spam traps and people who complain, and mail to them is against the law in the EU, the UK and "
    "Canada. Invite people instead: a sign-up form on your site, at your stand or in your shop."
)


def why_refused(statement: str) -> str | None:
    """What is wrong with a consent statement, and what would be right; None when it can stand in the ledger."""
    words = " ".join(statement.split())
    if not words:
        return (
            "Nothing says how these people agreed to hear from you. Say where and when they did, for example: "
            '"Paper form at our stand, trade fair in Lyon, March 2026".'
        )
    folded = fold(words)
    if any(pattern.search(folded) for pattern in _BOUGHT):
        return (
            "This list was bought, rented or collected without asking: nobody on it agreed to hear from you, so it "
            f"cannot be imported. {_INSTEAD}"
        )
    if _OF_OTHERS.search(folded) and not _AGREED.search(folded):
        return (
            "Whoever is on such a list gave their address to somebody else and did not agree to hear from you, so it "
            f"cannot be imported. {_INSTEAD} If they did agree with you, say how, for example: “ticked the box on the "
            "form at our stand”."
        )
    if len(words) < _SHORTEST:
        return (
            f'"{words}" does not say how these people agreed. Name the place and the time, as you would to a data '
            'protection officer, for example: "Checkout of our shop, box ticked, 2024 to 2026".'
        )
    return None
