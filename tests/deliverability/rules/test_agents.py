import csv
from pathlib import Path

import pytest

from deliverability.rules.agents import classify_agent
from deliverability.types import AgentKind

LABELS = Path(__file__).parents[4] / "shared" / "corpora" / "lists" / "ua-labels.csv"
SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0"


@pytest.mark.skipif(not LABELS.exists(), reason="the labelled agents are not beside this checkout")
def test_labelled_agents_are_told_apart() -> None:
    with LABELS.open() as lines:
        rows = [(row["label"], classify_agent(row["ua"])) for row in csv.DictReader(lines)]
    machines = [kind is not AgentKind.HUMAN for label, kind in rows if label == "bot"]
    browsers = [kind is not AgentKind.HUMAN for label, kind in rows if label == "human"]
    assert sum(machines) / len(machines) >= 0.98
    assert sum(browsers) / len(browsers) <= 0.005


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0",
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edge/12.246 Mozilla/5.0",
    ],
)
def test_image_proxies_are_neither_people_nor_machines(agent: str) -> None:
    assert classify_agent(agent) is AgentKind.PROXY


@pytest.mark.parametrize(
    "agent",
    [
        f"Mozilla/5.0 (Linux; Android 10; CUBOT_NOTE_S) {CHROME} Mobile Safari/537.36",
        f"Mozilla/5.0 (Linux; Android 13; ruby Build/TP1A) {CHROME} Mobile Safari/537.36",
        f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) {SAFARI}",
        f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) {SAFARI} [FBAN/FBIOS;FBAV/442.0;FBLC/en_US]",
        f"Mozilla/5.0 (Linux; Android 15; wv) {CHROME} Mobile Safari/537.36 Instagram 406.0 Android (35/15; OPPO)",
        f"Mozilla/5.0 (Windows NT 10.0) {CHROME} Safari/537.36 ABrowserNobodyHasHeardOf/1.0",
        "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; Trident/7.0; Microsoft Outlook 15.0.4745; MSOffice 15)",
        "Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Thunderbird/102.5.0",
        "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.1; Pro)",
        "Outlook-iOS/709.2189947.prod.iphone (3.24.0)",
    ],
)
def test_unusual_browsers_and_mail_clients_are_people(agent: str) -> None:
    assert classify_agent(agent) is AgentKind.HUMAN


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "curl/8.5.0",
        "python-requests/2.31.0",
        "Barracuda Sentinel (EE)",
        "Mozilla/5.0 (compatible; NobodyHasHeardOfIt/1.0)",
        f"Mozilla/5.0 (X11; Linux x86_64) {CHROME} Safari/537.36 HeadlessChrome/153.0",
        f"Mozilla/5.0 (Windows NT 10.0) {CHROME} Safari/537.36 Proofpoint",
        f"Mozilla/5.0 (Linux; Android 5.0; Bytespider) {CHROME} Mobile Safari/537.36",
    ],
)
def test_libraries_scanners_and_crawlers_are_machines(agent: str) -> None:
    assert classify_agent(agent) is AgentKind.MACHINE


def test_no_browser_follows_a_link_with_head() -> None:
    browser = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36"
    assert classify_agent(browser) is AgentKind.HUMAN
    assert classify_agent(browser, "HEAD") is AgentKind.MACHINE
