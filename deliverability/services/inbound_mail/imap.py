"""Reads new mail from an IMAP mailbox, with a password or with OAuth 2.0 (RFC 3501, SASL XOAUTH2)."""

import imaplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import requests

from accounts.services import secrets
from deliverability.errors import InboxUnavailable
from deliverability.models import Inbox

_SECONDS = 30
_AT_ONCE = 500


def read_imap(inbox: Inbox, take: Callable[[bytes], object]) -> int:
    """Hand every mail that is not marked as seen to `take`, and mark it only then. Returns how many.

    Raises InboxUnavailable, accounts.errors.SecretUnreadable.
    """
    with _logged_in(inbox) as client:
        status, answer = client.select(_quoted(inbox.folder))
        _check(status == "OK", inbox, f"the folder {inbox.folder} cannot be opened: {_words(answer)}")
        _, [found] = client.uid("SEARCH", "UNSEEN")
        numbers = (found or b"").split()[:_AT_ONCE]
        for number in numbers:
            take(_fetch(client, inbox, number.decode()))
            # A mail is gone from the unseen only once it is kept here.
            client.uid("STORE", number.decode(), "+FLAGS.SILENT", r"(\Seen)")
        return len(numbers)


@contextmanager
def _logged_in(inbox: Inbox) -> Iterator[imaplib.IMAP4]:
    try:
        client = _connect(inbox)
        try:
            _log_in(client, inbox)
            yield client
        finally:
            client.logout()
    except (imaplib.IMAP4.error, OSError) as error:
        _check(False, inbox, str(error), error)


def _connect(inbox: Inbox) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if inbox.security == Inbox.Security.TLS:
        return imaplib.IMAP4_SSL(inbox.host, inbox.port, ssl_context=context, timeout=_SECONDS)
    client = imaplib.IMAP4(inbox.host, inbox.port, timeout=_SECONDS)
    if inbox.security == Inbox.Security.STARTTLS:
        client.starttls(context)
    return client


def _log_in(client: imaplib.IMAP4, inbox: Inbox) -> None:
    secret = secrets.decrypt(inbox.secret_encrypted)
    if inbox.login == Inbox.Login.PASSWORD:
        client.login(inbox.username, secret)
        return
    token = _access_token(inbox, secret)
    answer = f"user={inbox.username}\x01auth=Bearer {token}\x01\x01".encode()
    # On a refusal the server sends its reason as a challenge, and waits for an empty answer.
    answers = iter([answer])
    client.authenticate("XOAUTH2", lambda _: next(answers, b""))


def _access_token(inbox: Inbox, refresh_token: str) -> str:
    """RFC 6749 6: a fresh access token for the stored refresh token."""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
        "client_id": inbox.client_id,
        "client_secret": secrets.decrypt(inbox.client_secret_encrypted),
    }
    try:
        response = requests.post(inbox.token_url, data=form, timeout=_SECONDS)
        token = response.json().get("access_token", "") if response.ok else ""
    except (requests.RequestException, ValueError) as error:
        raise InboxUnavailable(f"{inbox.name}: {inbox.token_url} gave no access token: {error}.") from error
    _check(bool(token), inbox, f"{inbox.token_url} gave no access token: {response.status_code} {response.text[:200]}")
    return str(token)


def _fetch(client: imaplib.IMAP4, inbox: Inbox, number: str) -> bytes:
    _, answer = client.uid("FETCH", number, "(BODY.PEEK[])")
    raw = next((part[1] for part in answer if isinstance(part, tuple)), None)
    _check(raw is not None, inbox, f"mail {number} was announced and not given: {_words(answer)}")
    return bytes(raw or b"")


def _check(is_well: bool, inbox: Inbox, problem: str, cause: BaseException | None = None) -> None:
    if not is_well:
        raise InboxUnavailable(
            f"The mailbox {inbox.username} at {inbox.host} could not be read: {problem.rstrip('.')}. "
            "Nothing was lost: unread mail stays there. Check the server's name, the log-in and the folder."
        ) from cause


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _words(answer: object) -> str:
    return str(answer)[:200]
