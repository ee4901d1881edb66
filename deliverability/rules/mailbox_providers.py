"""Which company reads the mail of an address, as far as its domain tells."""

# The consumer domains of the big providers; whoever hosts the other domains is told by their MX.
_DOMAINS = {
    "google": "gmail.com googlemail.com",
    "yahoo": "yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.es yahoo.it yahoo.ca yahoo.com.br yahoo.in ymail.com "
    "rocketmail.com myyahoo.com aol.com aol.de aim.com verizon.net",
    "microsoft": "outlook.com outlook.de outlook.fr outlook.es outlook.it hotmail.com hotmail.co.uk hotmail.fr "
    "hotmail.de hotmail.es hotmail.it live.com live.co.uk live.fr live.de live.it live.nl msn.com",
    "apple": "icloud.com me.com mac.com",
    "gmx": "gmx.de gmx.net gmx.at gmx.ch gmx.com web.de mail.com email.de",
    "comcast": "comcast.net",
    "orange": "orange.fr wanadoo.fr",
    "free": "free.fr",
    "laposte": "laposte.net",
    "libero": "libero.it iol.it virgilio.it",
    "t-online": "t-online.de magenta.de",
    "proton": "proton.me protonmail.com pm.me",
    "mailru": "mail.ru inbox.ru list.ru bk.ru",
    "yandex": "yandex.ru yandex.com ya.ru",
    "qq": "qq.com foxmail.com",
    "netease": "163.com 126.com yeah.net",
}
_PROVIDER_OF = {domain: provider for provider, domains in _DOMAINS.items() for domain in domains.split()}
OTHER = "other"


def mailbox_provider_of(address: str) -> str:
    """The provider's short name, such as `google`, or `other`."""
    return _PROVIDER_OF.get(address.rpartition("@")[2].lower(), OTHER)


def mailbox_providers() -> dict[str, str]:
    """Each provider's short name and the domain it is best known by."""
    return {provider: domains.split()[0] for provider, domains in _DOMAINS.items()}
