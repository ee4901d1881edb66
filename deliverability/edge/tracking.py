"""The tracking edge: a bare ASGI application that verifies, records and sends on, with no framework in between."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope
from django.db import Error, close_old_connections

from deliverability.edge.group_commit import GroupCommit
from deliverability.queries import targets, tokens
from deliverability.queries.tokens import Addressed
from deliverability.rules.answers import NOT_FOUND, PIXEL, TRY_AGAIN, Answer, health, redirect
from deliverability.rules.hits import Hit, pack_hit, readable_ip
from deliverability.rules.targets import read_number, redirectable
from deliverability.types import EventKind

logger = logging.getLogger(__name__)


class TrackingEdge:
    """Serves /t/o/<token>, /t/c/<token>/<number>, /t/x/<token>/<mac>?u=… and /health. One per process."""

    def __init__(self, hits: GroupCommit, *, behind_proxy: bool) -> None:
        self._hits = hits
        self._behind_proxy = behind_proxy
        # One thread, so one connection to Postgres, and one query for a mailing that a thousand click at once.
        self._database = ThreadPoolExecutor(max_workers=1, thread_name_prefix="targets")

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            answer = await self._answer(scope)
            await send(
                {"type": "http.response.start", "status": answer.status, "headers": answer.headers, "trailers": False}
            )
            await send({"type": "http.response.body", "body": answer.body, "more_body": False})

    async def _live(self, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._hits.close()
        self._database.shutdown()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: HTTPScope) -> Answer:
        match scope["path"].split("/"):
            case ["", "t", "o", token]:
                return await self._open(scope, token)
            case ["", "t", "c", token, number]:
                return await self._click(scope, token, read_number(number))
            case ["", "t", "x", token, mac]:
                return await self._click_to(scope, token, mac)
            case ["", "health"]:
                return health(self._hits.lost)
        return NOT_FOUND

    async def _open(self, scope: HTTPScope, token: str) -> Answer:
        addressed = tokens.read(token)
        if addressed is None:
            return NOT_FOUND
        await self._record(scope, EventKind.OPENED, addressed)
        return PIXEL

    async def _click(self, scope: HTTPScope, token: str, number: int | None) -> Answer:
        addressed = tokens.read(token)
        if addressed is None or number is None:
            return NOT_FOUND
        try:
            url = await self._target(addressed.mailing_id, number)
        except Error:
            logger.exception("Postgres did not say where a link leads; the person was asked to try again.")
            return TRY_AGAIN
        if url is None:
            return NOT_FOUND
        await self._record(scope, EventKind.CLICKED, addressed, link=number)
        return redirect(url)

    async def _click_to(self, scope: HTTPScope, token: str, mac: str) -> Answer:
        addressed = tokens.read(token)
        target = parse_qs(scope["query_string"].decode("latin-1")).get("u", [""])[0]
        url = redirectable(target)
        if addressed is None or url is None or not tokens.is_our_target(token, mac, target):
            return NOT_FOUND
        await self._record(scope, EventKind.CLICKED, addressed, target=target)
        return redirect(url)

    async def _target(self, mailing_id: int, number: int) -> str | None:
        if found := targets.cached_target(mailing_id, number):
            return found.url
        return await asyncio.get_running_loop().run_in_executor(self._database, _find_target, mailing_id, number)

    async def _record(
        self, scope: HTTPScope, kind: EventKind, whom: Addressed, *, link: int | None = None, target: str = ""
    ) -> None:
        if (b"sec-gpc", b"1") in scope["headers"]:
            # Global Privacy Control: this browser says for its person that they are not to be tracked.
            return
        agent, forwarded = _agent_and_forwarded(scope)
        hit = Hit(
            kind=kind,
            mailing_id=whom.mailing_id,
            recipient_id=whom.recipient_id,
            link=link,
            method=scope["method"],
            agent=agent,
            ip=self._ip(scope, forwarded),
            target=target,
        )
        await self._hits.append(pack_hit(hit))

    def _ip(self, scope: HTTPScope, forwarded: str) -> str | None:
        if self._behind_proxy:
            # The last entry is our proxy's own; those before it are the client's to invent.
            return readable_ip(forwarded.rpartition(",")[2])
        client = scope["client"]
        return client[0] if client else None


def _agent_and_forwarded(scope: HTTPScope) -> tuple[str, str]:
    agent = forwarded = b""
    for name, value in scope["headers"]:
        if name == b"user-agent":
            agent = value
        elif name == b"x-forwarded-for":
            forwarded = value
    return agent.decode("latin-1"), forwarded.decode("latin-1")


def _find_target(mailing_id: int, number: int) -> str | None:
    close_old_connections()
    return targets.target(mailing_id, number)
