"""Plays the people behind the mailboxes: pictures, links and one-click unsubscribe, over real HTTP."""

import asyncio
import html
import http.client
import ipaddress
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from urllib.parse import urlsplit

from config.mailbox.store import Arrival, Store
from config.mailbox.world import Reader, reader_of

GOOGLE_PROXY = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
BROWSERS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36",
)
# Who sends one-click requests: the mail provider, on its reader's behalf.
MAIL_CLIENT = "Mozilla/5.0 (compatible; mail provider; one-click unsubscribe)"
READ_AFTER_SECONDS = 1.0
ACTIONS_PER_SECOND = 60
MAX_WAITING = 20_000
TIMEOUT_SECONDS = 10
_IMAGE = re.compile(r"<img\b[^>]*?\bsrc=\"([^\"]+)\"", re.IGNORECASE)
_LINK = re.compile(r"<a\b[^>]*?\bhref=\"([^\"]+)\"", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Readable:
    """What a mail client sees in a mail: pictures, links that are not for leaving, and the one-click address."""

    images: list[str]
    links: list[str]
    one_click: str


class Readers:
    """A bounded queue of people who will act, worked off at a steady pace."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queue: asyncio.Queue[tuple[float, Arrival, Reader]] = asyncio.Queue(MAX_WAITING)
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="reader")
        self._acting = 0

    @property
    def waiting(self) -> int:
        """People who have yet to act."""
        return self._queue.qsize() + self._acting

    def receive(self, arrival: Arrival) -> None:
        """Called for every arrival; only newsletters (mail that names its sending) are played with."""
        reader = reader_of(arrival.to, arrival.mail)
        if arrival.mail and not arrival.is_copy and (reader.opens or reader.unsubscribes) and not self._queue.full():
            now = asyncio.get_running_loop().time()
            self._queue.put_nowait((now + READ_AFTER_SECONDS, arrival, reader))

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        tasks: set[asyncio.Task[None]] = set()
        while True:
            due, arrival, reader = await self._queue.get()
            self._acting += 1
            await asyncio.sleep(max(due - loop.time(), 1 / ACTIONS_PER_SECOND))
            task = loop.create_task(self._act(arrival, reader))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    async def _act(self, arrival: Arrival, reader: Reader) -> None:
        try:
            mail = readable(self._store.content(arrival.id))
        except KeyError:
            self._acting -= 1
            return
        run = asyncio.get_running_loop().run_in_executor
        try:
            for what in await run(self._pool, act, mail, reader):
                self._store.note(arrival.mail, what)
        finally:
            self._acting -= 1


def act(mail: Readable, reader: Reader) -> list[str]:
    """Do what this person does; returns what was done and answered: opened, clicked, unsubscribed, unanswered."""
    agent = BROWSERS[int(reader.taste * len(BROWSERS))]
    done: list[str] = []
    if reader.opens:
        answers = [fetch("GET", url, GOOGLE_PROXY if reader.behind_proxy else agent) for url in mail.images]
        done += _outcome("opened", any(200 <= answer < 300 for answer in answers), bool(answers))
    if reader.clicks and mail.links:
        answer = fetch("GET", mail.links[int(reader.taste * len(mail.links))], agent)
        done += _outcome("clicked", answer in (302, 303, 307), attempted=not 200 <= answer < 300)
    if reader.unsubscribes and mail.one_click:
        answer = fetch("POST", mail.one_click, MAIL_CLIENT, body=b"List-Unsubscribe=One-Click")
        done += _outcome("unsubscribed", 200 <= answer < 300, attempted=True)
    return done


def _outcome(what: str, succeeded: bool, attempted: bool) -> list[str]:
    if succeeded:
        return [what]
    return [f"{what} unanswered"] if attempted else []


def readable(content: bytes) -> Readable:
    """Parse a mail as a client does. Addresses that are not on this machine are left out: a trial calls nobody."""
    message = message_from_bytes(content, EmailMessage, policy=default)
    part = message.get_body(("html",))
    markup = part.get_content() if part else ""
    leaving = re.findall(r"<(https?://[^>]+)>", str(message.get("List-Unsubscribe", "")))
    one_click = leaving[0] if leaving and message.get("List-Unsubscribe-Post") else ""
    return Readable(
        images=_here(_IMAGE.findall(markup)),
        links=[url for url in _here(_LINK.findall(markup)) if url not in leaving],
        one_click=next(iter(_here([one_click])), ""),
    )


def _here(urls: list[str]) -> list[str]:
    return [url for url in map(html.unescape, urls) if _is_loopback(urlsplit(url).hostname or "")]


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def fetch(method: str, url: str, agent: str, body: bytes | None = None) -> int:
    """The status of one request, redirects not followed; 0 when nobody answers."""
    parts = urlsplit(url)
    headers = {"User-Agent": agent}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(method, parts._replace(scheme="", netloc="").geturl() or "/", body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
