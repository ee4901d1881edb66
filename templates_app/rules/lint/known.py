"""Words and hosts that the checks know, in the languages that most mail is written in."""

import re

_SHORTENERS = (
    "bit.ly bitly.com buff.ly cutt.ly dlvr.it goo.gl is.gd j.mp lnkd.in ow.ly rb.gy rebrand.ly s.id short.io"
    " shorturl.at soo.gd t.co t.ly t2m.io tiny.cc tiny.one tinyurl.com trib.al u.to v.gd wp.me bl.ink clck.ru"
    " shorte.st adf.ly qr.ae snip.ly hyperurl.co t1p.de urlz.fr lc.cx 0rz.tw x.co"
)
_FREEMAIL = (
    "gmail.com googlemail.com yahoo.com yahoo.co.uk ymail.com aol.com outlook.com hotmail.com live.com msn.com"
    " icloud.com me.com mac.com gmx.de gmx.net gmx.at web.de t-online.de freenet.de mail.ru yandex.ru orange.fr"
    " wanadoo.fr free.fr laposte.net libero.it virgilio.it proton.me protonmail.com zoho.com comcast.net"
    " verizon.net att.net"
)
_VAGUE = (
    "click here|here|more|read more|learn more|link|this link|continue|details|hier|hier klicken|mehr|mehr erfahren"
    "|weiterlesen|cliquez ici|ici|en savoir plus|lire la suite|haz clic aquí|aquí|más información|leer más"
    "|clicca qui|qui|scopri di più|leggi di più"
)
SHORTENERS = frozenset(_SHORTENERS.split())
FREEMAIL = frozenset(_FREEMAIL.split())
VAGUE_LINKS = frozenset(_VAGUE.split("|"))

WAY_OUT = re.compile(
    r"unsub|opt[\s_-]?out|abmeld|abbestell|austragen|désabonn|desabonn|désinscri|darse de baja"
    r"|cancelar (?:la )?suscrip|disiscri|annulla l.iscrizione|cancella(?:ti|rsi)|preference|einstellungen"
    r"|uitschrijv|afmeld|wypisz|wypisać|descadastr|avregistrer|avmeld|avprenum|peruuta|отписаться|配信停止|退订",
    re.IGNORECASE,
)
# A street with a number, or a postcode beside a place, in the manners of the countries that most mail comes from.
POSTAL_ADDRESS = re.compile(
    r"\b\d{1,5}[a-z]?\s+(?:[A-ZÄÖÜÉ][\w.'’-]{0,30}\s+){1,4}(?:st|street|ave|avenue|rd|road|blvd|boulevard|dr|drive|ln|lane"
    r"|way|square|sq|plaza|court|ct|place|pl|pkwy|parkway|highway|hwy|suite|ste|floor)\b"
    r"|(?:straße|strasse|str\.|allee|weg|platz|gasse|ring|damm|ufer)\s*\d+"
    r"|\b\d{1,4}\s*(?:bis|ter)?,?\s+(?:rue|avenue|boulevard|place|chemin|quai|impasse)\b"
    r"|\b(?:calle|avenida|avda|paseo|plaza|via|viale|piazza|corso|rua)\s+[\w.'’ -]{2,40},?\s*\d+"
    r"|\b[A-Z]{2}\s+\d{5}(?:-\d{4})?\b|\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b|\b[A-Z]\d[A-Z]\s*\d[A-Z]\d\b"
    r"|\b\d{4,5}\s+[A-ZÄÖÜÉ][a-zäöüéèß]|\bP\.?\s?O\.?\s*Box\s+\d+|\bPostfach\s+\d+",
    re.IGNORECASE,
)
