"""Runs the mailbox server: `python -m config.mailbox --smtp-port 2525 --http-port 8025 --folder .data/mailbox`."""

import argparse
import asyncio
import os
from pathlib import Path

import uvicorn

from config.mailbox.readers import Readers
from config.mailbox.smtp import Session
from config.mailbox.store import KEEP_MESSAGES, Store
from config.mailbox.web import Inbox
from config.mailbox.world import World


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m config.mailbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--smtp-port", type=int, default=2525)
    parser.add_argument("--http-port", type=int, default=8025)
    parser.add_argument("--folder", type=Path, default=Path(os.environ.get("SENDWELL_DATA", ".data")) / "mailbox")
    parser.add_argument("--keep", type=int, default=KEEP_MESSAGES, help="messages kept; the oldest go first")
    parser.add_argument("--well-behaved", action="store_true", help="accept everybody, at once")
    parser.add_argument("--readers", action="store_true", help="play people who open, click and unsubscribe")
    return parser.parse_args()


async def serve(chosen: argparse.Namespace) -> None:
    store = Store(chosen.folder, keep=chosen.keep)
    world = World(well_behaved=chosen.well_behaved)
    readers = Readers(store) if chosen.readers else None
    receive = readers.receive if readers else lambda arrival: None
    smtp = await asyncio.get_running_loop().create_server(
        lambda: Session(store, world, receive), chosen.host, chosen.smtp_port, backlog=1024
    )
    reading = asyncio.create_task(readers.run()) if readers else None
    web = uvicorn.Config(
        Inbox(store, readers),
        host=chosen.host,
        port=chosen.http_port,
        lifespan="off",
        access_log=False,
        log_level="warning",
    )
    try:
        # uvicorn watches for SIGTERM and SIGINT, and returns.
        await uvicorn.Server(web).serve()
    finally:
        smtp.close()
        if reading:
            reading.cancel()
        store.close()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    chosen = options()
    with asyncio.Runner(loop_factory=uvicorn.Config(app="").get_loop_factory()) as runner:
        runner.run(serve(chosen))


if __name__ == "__main__":
    main()
