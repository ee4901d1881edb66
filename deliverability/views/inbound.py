"""What came in, mails and webhooks: what became of each, word for word, and once more where that helps."""

import json
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from deliverability.models import InboundMail, Webhook
from deliverability.queries.inbound_log import LONGEST_SHOWN, LogPage, inbound_mails, inboxes, raw_mail, raw_webhook
from deliverability.queries.inbound_log import webhooks as newest_webhooks
from deliverability.services.inbound_mail import read_again
from deliverability.services.webhooks import replay_webhook
from deliverability.tasks.webhooks import kick_webhooks
from deliverability.views.places import read_place, say_place
from deliverability.views.tabs import tabs

Words = str | Promise
_MAILS: dict[str, tuple[Words, str]] = {
    InboundMail.State.RECORDED: (gettext_lazy("Recorded"), "ok"),
    InboundMail.State.IGNORED: (gettext_lazy("Nothing to record"), ""),
    InboundMail.State.UNRESOLVED: (gettext_lazy("Not about our mail"), "warn"),
    InboundMail.State.UNREADABLE: (gettext_lazy("Could not be read"), "bad"),
}
_FINDINGS: dict[str, Words] = {
    "hard": gettext_lazy("No such mailbox"),
    "mailbox-full": gettext_lazy("Mailbox full"),
    "soft": gettext_lazy("Passing trouble"),
    "block": gettext_lazy("We are blocked"),
    "policy": gettext_lazy("Against their rules"),
    "spam": gettext_lazy("Taken for spam"),
    "feedback": gettext_lazy("Reported as spam"),
    "auto-reply": gettext_lazy("An automatic answer"),
}
_WEBHOOKS: dict[str, Words] = {
    "waiting": gettext_lazy("Waiting"),
    "refused": gettext_lazy("Refused"),
    "noted": gettext_lazy("With a note"),
}
may_look = permission_required("deliverability.view", raise_exception=True)
may_manage = permission_required("deliverability.manage", raise_exception=True)


@require_safe
@may_look
def mails(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in _MAILS else ""
    page = inbound_mails(state=state, below=read_place(request.GET))
    choices = [("", _("All"), not state), *((word, name, word == state) for word, (name, _kind) in _MAILS.items())]
    context = {
        **_frame(request, "inbound", page, state, choices),
        "lines": [{"row": row, "state": _MAILS[row.state]} for row in page.rows],
        "inboxes": inboxes(),
    }
    return render(request, "deliverability/inbound.html", context)


@require_safe
@may_look
def mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    found = get_object_or_404(InboundMail, pk=mail_id)
    context = {
        "mail": found,
        "state": _MAILS[found.state],
        "findings": [(each, _FINDINGS.get(each.get("kind", ""), _("Something else"))) for each in found.findings],
        "raw": raw_mail(found),
        "longest": LONGEST_SHOWN,
        "is_cut": found.size > LONGEST_SHOWN,
        "may_read_again": found.state != InboundMail.State.RECORDED,
    }
    return render(request, "deliverability/inbound_mail.html", context)


@require_POST
@may_manage
def mail_again(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Reads a mail once more, as when the reader has learnt its form."""
    found = read_again(mail_id=get_object_or_404(InboundMail, pk=mail_id).pk)
    messages.success(request, _("Read again: %(state)s.") % {"state": _MAILS[found.state][0]})
    return redirect("inbound-mail", mail_id)


@require_safe
@may_look
def webhooks(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in _WEBHOOKS else ""
    page = newest_webhooks(state=state, below=read_place(request.GET))
    choices = [("", _("All"), not state), *((word, name, word == state) for word, name in _WEBHOOKS.items())]
    context = {
        **_frame(request, "inbound-webhooks", page, state, choices),
        "lines": [{"row": row, "state": _webhook_state(row)} for row in page.rows],
    }
    return render(request, "deliverability/inbound_webhooks.html", context)


@require_safe
@may_look
def webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    found = get_object_or_404(Webhook.objects.select_related("provider"), pk=webhook_id)
    context = {
        "webhook": found,
        "state": _webhook_state(found),
        "headers": sorted(found.headers.items()),
        "raw": _readable(raw_webhook(found)),
        "may_replay": not found.refused_why and found.processed_at is not None,
    }
    return render(request, "deliverability/inbound_webhook.html", context)


@require_POST
@may_manage
def webhook_again(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Works a webhook off once more; what was counted does not count again."""
    if replay_webhook(webhook_id=get_object_or_404(Webhook, pk=webhook_id).pk):
        kick_webhooks()
        messages.success(request, _("It is worked off once more. What counted already does not count again."))
    return redirect("inbound-webhook", webhook_id)


def _frame(
    request: HttpRequest, name: str, page: LogPage[Any], state: str, choices: list[tuple[str, Words, bool]]
) -> dict[str, Any]:
    asked = {"state": state} if state else {}
    kinds = {"inbound": _("Mails"), "inbound-webhooks": _("Webhooks")}
    return {
        "tabs": tabs("inbound"),
        "kinds": [(words, reverse(each), each == name, None) for each, words in kinds.items()],
        "states": choices,
        "asked_state": state,
        "newer": "?" + urlencode(asked) if read_place(request.GET) else "",
        "older": "?" + urlencode({**asked, **say_place(page.older)}) if page.older else "",
    }


def _webhook_state(row: Webhook) -> tuple[Words, str]:
    if row.refused_why:
        return _("Refused"), "bad"
    if row.processed_at is None:
        return _("Waiting"), "info"
    if row.note and not row.told:
        return _("With a note"), "warn"
    return _("Recorded"), "ok"


def _readable(text: str) -> str:
    """JSON with room to breathe; anything else as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text
