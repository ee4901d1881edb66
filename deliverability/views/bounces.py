"""Who bounced or was refused, with the server's own words; and the table that says what such words mean."""

from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from deliverability.models import UnmatchedReply
from deliverability.queries.mailbox_names import provider_name, provider_names
from deliverability.queries.refusals import DAYS, KINDS, Asked, Refusal, refusal_page
from deliverability.queries.reply_rules import RuleInUse, rules_in_use, unmatched_replies
from deliverability.queries.titles import recent_titles
from deliverability.services.addresses import addresses_of
from deliverability.services.reply_review import settle_reply
from deliverability.views import reply_words
from deliverability.views.places import campaign_url, read_place, say_place
from deliverability.views.tabs import tabs

_KIND_NAMES: dict[str, str | Promise] = {
    "refused": gettext_lazy("Refused"),
    "bounced": gettext_lazy("Came back later"),
    "complained": gettext_lazy("Reported as spam"),
    "deferred": gettext_lazy("Put off, tried again"),
}
_MOST_UNMATCHED = 25
_MOST_PLACES = 4


@require_safe
@permission_required("subscribers.view", raise_exception=True)
@permission_required("deliverability.view", raise_exception=True)
def bounces(request: HttpRequest) -> HttpResponse:
    asked = _asked(request.GET)
    below = read_place(request.GET)
    page = refusal_page(asked, below=below)
    addresses = addresses_of([row.recipient_id for row in page.rows])
    words = _words_of(asked)
    used = [each.rule for each in rules_in_use() if each.total or each.rule.id == asked.rule]
    context = {
        "tabs": tabs("bounces"),
        "asked": asked,
        "day": asked.day.isoformat() if asked.day else "",
        "is_narrowed": bool(words),
        "lines": [_line(row, addresses) for row in page.rows],
        "kinds": list(_KIND_NAMES.items()),
        "providers": provider_names(),
        "rules": [(rule.id, f"{reply_words.CLASSES[rule.kind][0]}: {rule.id}") for rule in used],
        "mailings": recent_titles(asked.mailing_id),
        "days": DAYS,
        "newer": "?" + urlencode(words) if below else "",
        "older": "?" + urlencode({**words, **say_place(page.older)}) if page.older else "",
    }
    return render(request, "deliverability/bounces.html", context)


@require_safe
@permission_required("deliverability.view", raise_exception=True)
def replies(request: HttpRequest) -> HttpResponse:
    provider = _known(request.GET.get("provider", ""), dict(provider_names()))
    shows_all = request.GET.get("show") == "all"
    found = rules_in_use(mailbox_provider=provider)
    unmatched = list(unmatched_replies(mailbox_provider=provider)[: _MOST_UNMATCHED + 1])
    asked = {"provider": provider} if provider else {}
    context = {
        "tabs": tabs("replies"),
        "provider": provider,
        "providers": provider_names(),
        "shows_all": shows_all,
        "views": [
            (_("In use"), "?" + urlencode(asked), not shows_all, sum(bool(each.total) for each in found)),
            (_("All rules"), "?" + urlencode({**asked, "show": "all"}), shows_all, len(found)),
        ],
        "rules": [_rule(number, each) for number, each in enumerate(found, 1) if shows_all or each.total],
        "unmatched": [(row, provider_name(row.mailbox_provider)) for row in unmatched[:_MOST_UNMATCHED]],
        "has_more_unmatched": len(unmatched) > _MOST_UNMATCHED,
    }
    return render(request, "deliverability/replies.html", context)


@require_POST
@permission_required("deliverability.manage", raise_exception=True)
def settle(request: HttpRequest, reply_id: int) -> HttpResponse:
    """Somebody has looked at a reply that no rule knows."""
    get_object_or_404(UnmatchedReply, pk=reply_id)
    settle_reply(actor=cast(Any, request.user), reply_id=reply_id)
    messages.success(request, _("Looked at. It does not stand here again."))
    return redirect("replies")


def _asked(given: QueryDict) -> Asked:
    """What is asked for and can be; the rest is dropped."""
    rules = {each.rule.id for each in rules_in_use()} if given.get("rule") else set()
    try:
        day = date.fromisoformat(given.get("day", ""))
    except ValueError:
        day = None
    return Asked(
        mailbox_provider=_known(given.get("provider", ""), dict(provider_names())),
        kind=_known(given.get("kind", ""), KINDS),
        rule=_known(given.get("rule", ""), rules),
        mailing_id=_id(given.get("mailing", "")),
        provider_id=_id(given.get("way", "")),
        day=day,
    )


def _words_of(asked: Asked) -> dict[str, str]:
    """The query string that asks the same."""
    words = {
        "provider": asked.mailbox_provider,
        "kind": asked.kind,
        "rule": asked.rule,
        "mailing": str(asked.mailing_id or ""),
        "way": str(asked.provider_id or ""),
        "day": asked.day.isoformat() if asked.day else "",
    }
    return {name: word for name, word in words.items() if word}


def _line(row: Refusal, addresses: dict[int, str]) -> dict[str, Any]:
    name, kind = reply_words.KINDS[row.kind]
    return {
        "row": row,
        "address": addresses.get(row.recipient_id, ""),
        "provider": provider_name(row.mailbox_provider),
        "name": name,
        "kind": kind,
        "class": reply_words.CLASSES[row.verdict.kind][0] if row.verdict else "",
        "meaning": reply_words.meaning_of(row),
        "title": row.title or row.composer,
        "url": campaign_url(row.composer, row.reference),
    }


def _rule(number: int, each: RuleInUse) -> dict[str, Any]:
    places = [(word, provider_name(word), total) for word, total in each.by_mailbox_provider.items()]
    return {
        "number": number,
        "rule": each.rule,
        "class": reply_words.CLASSES[each.rule.kind][0],
        "action": reply_words.ACTIONS[each.rule.action],
        "only": provider_name(each.rule.provider) if each.rule.provider else "",
        "total": each.total,
        "places": places[:_MOST_PLACES],
        "more_places": max(0, len(places) - _MOST_PLACES),
    }


def _known(word: str, known: Any) -> str:
    return word if word in known else ""


def _id(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
