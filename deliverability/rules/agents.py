"""Tells people from mail providers' image proxies and from machines, by what a fetch says of itself."""

import re
from functools import lru_cache

from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from deliverability.types import AgentKind

# Apple's privacy proxy says "Mozilla/5.0" and no more; the prefetch of Gmail and Outlook.com repeats it behind an
# old Edge, as no browser does.
_PROXY = re.compile(
    r"^Mozilla/5\.0$| Edge/12\.246 Mozilla/5\.0$|GoogleImageProxy|YahooMailProxy|YahooCacheSystem|FastmailUA"
)

# How browsers, mail clients and apps that show pages to people sign behind the platform in parentheses.
_PRODUCTS = """
AppleWebKit Chrome Chromium Safari Version Mobile Gecko Firefox Trident Presto Tablet Ubuntu Build
CriOS FxiOS EdgiOS EdgA Edge Edg OPR OPT OPiOS OPX GSA Ddg DuckDuckGo Brave Vivaldi Focus Klar Puffin
SamsungBrowser MiuiBrowser HuaweiBrowser HeyTapBrowser VivoBrowser UCBrowser UBrowser QQBrowser MQQBrowser
YaBrowser YaApp_iOS Yowser Whale NAVER Seamonkey SeaMonkey PaleMoon Waterfox Epiphany Silk Iron Maxthon Sleipnir
Avast AVG Thunderbird Lightning Postbox Outlook Teams Slack Electron MicroMessenger LinkedInApp Twitter
"""
_BROWSER = re.compile(
    r"(?:Mozilla/[45]\.0|Opera/[\d.]+) \((?P<platform>[^()]*(?:\([^()]*\)[^()]*)*)\)"
    rf"(?:[ ;](?:(?:{'|'.join(_PRODUCTS.split())})(?:/[\w.+-]*)?|\((?:KHTML, like Gecko|Ecosia [^)]*)\)|like Gecko))*"
    # Apps append a word of their own and then the phone they run on.
    r"(?: \[(?:FB|Pinterest)[^\]]*\]| (?:Instagram|Barcelona|Snapchat|Line|musical_ly|Pinterest)[ /].*)?"
)
# Programs that say no Mozilla, and yet have a reader in front of them. Telephones of old sign with their maker.
_READER = re.compile(
    r"Mozilla/|Opera/|Dalvik/|Outlook-|Microsoft Of|Microsoft Out|Thunderbird|Airmail|Spark/|Mail/|MobileMail|Evolution"
    r"|YahooMobileMail|BlackBerry|Nokia|SAMSUNG|SonyEricsson|LG[-/]|MOT-|DoCoMo/|KDDI-|UCWEB|Lynx/|Links |ELinks/|w3m/"
)

# Words by which machines call themselves. "Cubot" is a maker of telephones. Program libraries need no words here: they
# say no Mozilla.
_WORD = re.compile(
    r"(?<!cu)bots?(?![a-z])|craw|spider|scrap|robot|headless|phantom|selenium|playwright|puppeteer|lighthouse|prerender"
    r"|https?:|www\.|@|\+\w|scan(?:ner)?\b|monitor|uptime|synthetic|inspect|insights|preview|fetch|check|validat"
    r"|resolver|archiv|python|curl|zgrab|\bcompatible\)|\b[a-z]+\.(?:com|org|net|io)\b"
    # Scanners of mail and of the web that companies put before their people.
    r"|barracuda|proofpoint|mimecast|ironport|fireeye|forcepoint|websense|bitdefender|trend ?micro|zscaler|fortiguard"
    r"|safelinks|symantec|sophos|kaspersky|virustotal|urldefense|cloudmark|messagelabs|f-secure|vadesecure"
)
# "compatible" names a browser only in front of these; crawlers have used it ever since.
_COMPATIBLE = re.compile(r"compatible(?!; (?:MSIE|Konqueror|Windows))")
_NAME = re.compile("|".join(entry["pattern"] for entry in CRAWLER_USER_AGENTS_DATA))


@lru_cache(maxsize=50_000)
def classify_agent(agent: str, method: str = "GET") -> AgentKind:
    """Who fetched a pixel or followed a link: a person, a mailbox provider's proxy on their behalf, or a machine.

    Browsers only ever GET. An agent built as browsers build theirs, of known parts alone, is a person, so that no
    list of crawlers can take one for a machine; any other is looked up by word and by name.
    """
    if method != "GET" or not agent:
        return AgentKind.MACHINE
    if _PROXY.search(agent):
        return AgentKind.PROXY
    if browser := _BROWSER.fullmatch(agent):
        return AgentKind.MACHINE if _betrays_a_machine(browser["platform"]) else AgentKind.HUMAN
    if _betrays_a_machine(agent) or _NAME.search(agent) or not _READER.match(agent):
        return AgentKind.MACHINE
    return AgentKind.HUMAN


def _betrays_a_machine(text: str) -> bool:
    return bool(_WORD.search(text.lower()) or _COMPATIBLE.search(text))
