"""What a link to the mailbox itself opens: a copy of one's data, its deletion, a change of address.

Looking changes nothing, because mail scanners look at every link; only the button does.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from subscribers.errors import AddressTaken, ContactGone
from subscribers.models import ConsentRecord, MailingList
from subscribers.queries.consent.ledger import entries
from subscribers.queries.consent.topics import has_left
from subscribers.queries.rights.errands import errand_entry, is_taken, state_of_move, still_stands
from subscribers.queries.tokens import ErrandLink, read_errand, sign_visit
from subscribers.rules.masking import mask_address
from subscribers.rules.moves import Move
from subscribers.services.moving import confirm_move, stop_move
from subscribers.services.own_data import erase_own, hand_over
from subscribers.types import ConsentAction, MoveState, Purpose
from subscribers.views.my_data import archive_of
from subscribers.views.origins import origin_of
from subscribers.views.pages import show

_PLACE = "/y/"


# The token is the authority: no cookie takes part, so there is nothing that another site could ride on.
@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def errand(request: HttpRequest, token: str) -> HttpResponseBase:
    link = read_errand(token)
    entry = errand_entry(link.entry_id) if link else None
    if link is None or entry is None or entry.contact_id != link.contact_id:
        return show(request, "link_unknown", status=404)
    if link.is_expired:
        return _over(request, entry, is_expired=True)
    act = _PAGES[Purpose(entry.purpose)]
    try:
        return act(request, link, entry)
    except ContactGone:
        return show(request, "link_unknown", status=404)
    except AddressTaken:
        return _show(request, entry, "move_taken", status=409)


def _export(request: HttpRequest, link: ErrandLink, entry: ConsentRecord) -> HttpResponseBase:
    if request.method == "POST":
        if not hand_over(contact_id=entry.contact_id, entry_id=entry.pk, origin=origin_of(request, page=_PLACE)):
            return _over(request, entry)
        return archive_of(entry.contact)
    taken = entries(entry.contact_id, Purpose.EXPORT).filter(pk__gt=entry.pk, action=ConsentAction.GRANTED)
    return _show(request, entry, "my_data") if still_stands(entry) or taken.exists() else _over(request, entry)


def _erasure(request: HttpRequest, link: ErrandLink, entry: ConsentRecord) -> HttpResponseBase:
    if not still_stands(entry):
        return _over(request, entry)
    if request.method != "POST":
        return _show(request, entry, "erase")
    # The page that says so needs nothing of a person who is gone but their language.
    contact = entry.contact
    if not erase_own(contact_id=contact.pk, entry_id=entry.pk):
        return _over(request, entry)
    return show(request, "erased", contact=contact)


def _move(request: HttpRequest, link: ErrandLink, entry: ConsentRecord) -> HttpResponseBase:
    if request.method == "POST":
        act = stop_move if link.stops else confirm_move
        act(contact_id=entry.contact_id, entry_id=entry.pk, origin=origin_of(request, page=_PLACE))
        return HttpResponseRedirect(request.get_full_path(), status=303)
    state, move = state_of_move(entry), Move.read(entry.detail)
    if state == MoveState.OVER:
        return _over(request, entry)
    if link.stops:
        return _show(request, entry, "move_stop", state=state.value, new=mask_address(move.new), old=move.old)
    if state == MoveState.WAITING and is_taken(move.new, by_other_than=entry.contact_id):
        return _show(request, entry, "move_taken", status=409)
    contact = entry.contact
    lists = MailingList.objects.filter(subscriptions__contact=contact, subscriptions__state="subscribed")
    return _show(
        request,
        entry,
        "move",
        state=state.value,
        new=move.new,
        old=mask_address(move.old),
        topics=[] if has_left(contact) else list(lists.order_by("name")),
        preferences_url=reverse("preferences", args=[sign_visit(contact_id=contact.pk)]),
    )


def _show(request: HttpRequest, entry: ConsentRecord, page: str, status: int = 200, **context: Any) -> HttpResponse:
    context["address"] = entry.contact.email if entry.purpose != Purpose.ADDRESS else ""
    return show(request, page, context, contact=entry.contact, status=status)


def _over(request: HttpRequest, entry: ConsentRecord, *, is_expired: bool = False) -> HttpResponse:
    return show(request, "errand_over", {"is_expired": is_expired}, contact=entry.contact, status=410)


_PAGES: dict[Purpose, Callable[[HttpRequest, ErrandLink, ConsentRecord], HttpResponseBase]] = {
    Purpose.EXPORT: _export,
    Purpose.ERASURE: _erasure,
    Purpose.ADDRESS: _move,
}
