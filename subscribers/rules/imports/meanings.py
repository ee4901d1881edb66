"""What columns mean that are no field of a contact: for whoever looks into a file and decides what to keep."""

import re

from subscribers.rules.imports.headers import pattern_of, words_of

# In order: the first that fits decides. Over folded words.
_MEANINGS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (meaning, pattern_of(expression))
    for meaning, expression in (
        ("optin_ip", r"^(opt ?in|subscribe|subscribed|signup|sign up) ip( address)?$|^ip opt ?in$"),
        ("confirm_ip", r"^confirm(ed|ation)? ip( address)?$"),
        (
            "optin_at",
            (
                r"^(opt ?in|consent|subscribe[d]?|subscription|signup|sign up|joined"
                r"|e ?mail opt in|e ?mail marketing consent)"
                r" ?(time|timestamp|date|at|on|updated at)$|^(date|time) (subscribed|joined|opt ?in)$|^joined$"
                r"|anmeldedatum|angemeldet am|^date d inscription$|^inscrit le$|^abonne le$|fecha de (suscripcion|alta)"
                r"|data (di )?iscrizione|inschrijfdatum"
            ),
        ),
        (
            "confirmed_at",
            r"^(confirm(ed|ation)?|verified|double opt ?in|doi) ?(time|timestamp|date|at|on)$|bestatigt am",
        ),
        (
            "region",
            (
                r"^(region|state( region| province| code)?|province( code)?|bundesland|estado|stato|provincia)$"
                r"|^(home|state|address|default address|mailing) ?(state|province)( code)?\b"
            ),
        ),
        (
            "city",
            (
                r"^(city|town|ort|stadt|wohnort|ville|ciudad|citta|cidade|plaats|stad|miasto|kaupunki|mesto|sehir|город)$"
                r"|\bcity\b"
            ),
        ),
        (
            "postal_code",
            r"\b(zip|postal|postcode|post code|plz|postleitzahl|code postal|codigo postal|cap|cep|postnummer)\b",
        ),
        (
            "address",
            r"\b(street|address line|address [12]|strasse|adresse|rue|direccion|indirizzo|endereco|adres)\b|^address$",
        ),
        (
            "phone",
            (
                r"\b(phone|telephone|telefon|telefono|telefone|telefoon|mobile|mobil|handy|cell|tel|sms|whatsapp|mobiel"
                r"|portable|puhelin|telefonnummer|телефон|電話|电话|전화)\b"
            ),
        ),
        (
            "company",
            (
                r"\b(company|organi[sz]ation|firma|unternehmen|entreprise|societe|empresa|azienda|bedrijf|foretag)\b"
                r"|^account$"
            ),
        ),
        ("job_title", r"^(job )?title$|\b(job|position|role|beruf|fonction|cargo|poste)\b"),
        ("birthday", r"birth|geburt|naissance|nacimiento|nascita|nascimento|fodelse"),
        ("gender", r"^(gender|sex|geschlecht|sexe|sexo|sesso|geslacht)$"),
        ("salutation", r"^(salutation|anrede|prefix|civilite|tratamiento|titolo|aanhef)$"),
        (
            "tags",
            r"^(tags?|labels?|segments?|groups?|lists?|e ?mail lists|etiketten|schlagworte|etiquettes|etiquetas)$",
        ),
        (
            "updated_at",
            (
                r"^(last changed|last modified|modified( time| at)?|updated( at)?|changed at|date modified)$"
                r"|^(modified|geandert am|mis a jour le)$"
            ),
        ),
        (
            "created_at",
            (
                r"^(created( at| time| on| utc)?|create(d)? date|date (added|created)|added( time| at| on)?|entered"
                r"|registered|registriert|profile created on|erstellt am|cree le|erstellungsdatum)$"
            ),
        ),
        (
            "external_id",
            (
                r"^(id|uuid|contact id|record id|customer id|subscriber id|user id|external id|leid|euid|uniqid"
                r"|klaviyo id|member id|person id|kundennummer|subscriber key)$"
            ),
        ),
        ("ip", r"\bip\b"),
        ("source", r"\b(source|origin|quelle|referr(er|ing)|utm source)\b"),
        ("score", r"\b(score|scoring|rating|points)\b"),
        ("notes", r"^(notes?|comments?|notizen|bemerkung(en)?|remarques?|notas?|note)$"),
    )
)


def meaning_of(header: str) -> str | None:
    """A word for what the column holds; None where its header does not tell."""
    words = words_of(header)
    return next((meaning for meaning, pattern in _MEANINGS if pattern.search(words)), None)
