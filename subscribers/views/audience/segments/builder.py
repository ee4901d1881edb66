"""The segment builder: a form over a tree that the server keeps, redrawn piece by piece, saved on request."""

from contextlib import suppress
from secrets import randbelow
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from subscribers.errors import RulesRefused, SegmentRefused, TookTooLong
from subscribers.models import Segment
from subscribers.queries.contacts.filters import Filters
from subscribers.queries.segments import Look, activity_names, draft_of, known, look, segment_of
from subscribers.queries.segments.looking import SECONDS
from subscribers.rules.segments import sentence
from subscribers.rules.segments.editing import edit
from subscribers.rules.segments.finishing import Problem, finish, is_empty, rule_of
from subscribers.rules.segments.tree import Known
from subscribers.services.segments import change_segment, create_segment, drop_draft, take_snapshot
from subscribers.views.audience.segments.lines import line_of
from subscribers.views.audience.segments.offers import offer
from subscribers.views.audience.segments.typed_form import (
    Typed,
    keep,
    of_draft,
    of_filters,
    of_nothing,
    of_segment,
    read_form,
    stamp,
)

may_edit = permission_required("subscribers.edit", raise_exception=True)


@require_http_methods(["GET", "HEAD", "POST"])
@may_edit
def new_segment(request: HttpRequest) -> HttpResponse:
    return _save(request, None) if request.method == "POST" else _page(request, None, *_begun(request, None))


@require_http_methods(["GET", "HEAD", "POST"])
@may_edit
def edit_segment(request: HttpRequest, segment_id: int) -> HttpResponse:
    segment = _segment(segment_id)
    return _save(request, segment) if request.method == "POST" else _page(request, segment, *_begun(request, segment))


@require_POST
@may_edit
def shape(request: HttpRequest) -> HttpResponse:
    """Does what a button asks to the tree, keeps it, and draws it anew; counts nothing."""
    segment, typed = _posted(request)
    edited = edit(typed.root, request.POST.get("do", ""))
    changed = Typed(typed.name, typed.description, edited.root, typed.based_on)
    keep(request, changed, segment)
    if request.headers.get("HX-Request") != "true":
        return _page(request, segment, changed, True)
    context = _tree(changed, segment, known(), show_missing=False) | {"focus": edited.focus}
    return render(request, "subscribers/audience/segments/tree.html", context)


@require_POST
@may_edit
def live(request: HttpRequest) -> HttpResponse:
    """Keeps what is typed, and says who that would be."""
    segment, typed = _posted(request)
    keep(request, typed, segment)
    context = _counted(typed, seed=_seed(request)) | {"next_seed": 1 + randbelow(2**31)}
    return render(request, "subscribers/audience/segments/live.html", context)


@require_POST
@may_edit
def drop(request: HttpRequest) -> HttpResponse:
    """Back to what is in use."""
    segment = _segment_of(request.POST)
    drop_draft(user_id=cast(Any, request.user).pk, segment_id=segment.pk if segment else None)
    messages.success(request, _("Your changes are dropped. Nothing that is in use was touched."))
    return redirect("segment-edit", segment.pk) if segment else redirect("segment-new")


def _save(request: HttpRequest, segment: Segment | None) -> HttpResponse:
    actor, typed = cast(Any, request.user), read_form(request.POST)
    keep(request, typed, segment)
    if segment and typed.based_on != stamp(segment.changed_at):
        # Whoever saves the page that comes now has seen it.
        seen = Typed(typed.name, typed.description, typed.root, stamp(segment.changed_at))
        return _page(request, segment, seen, True, clash=segment)
    finished = finish(typed.root, known())
    if finished.problems:
        return _page(request, segment, typed, True, is_refused=True)
    asked: dict[str, Any] = {"name": typed.name, "description": typed.description, "rules": finished.rules}
    try:
        if segment:
            saved = change_segment(actor=actor, segment_id=segment.pk, **asked)
        else:
            saved = create_segment(actor=actor, **asked)
    except RulesRefused as refused:
        return _page(request, segment, typed, True, refusal=refused.why)
    except SegmentRefused as refused:
        return _page(request, segment, typed, True, refusal=str(refused))
    drop_draft(user_id=actor.pk, segment_id=segment.pk if segment else None)
    # The nightly count will have it where this one takes too long.
    with suppress(RulesRefused, TookTooLong):
        take_snapshot(actor=actor, segment_id=saved.pk, seconds=SECONDS)
    messages.success(request, _("“%(name)s” is saved and in use.") % {"name": saved.name})
    return redirect("segment", saved.pk)


def _begun(request: HttpRequest, segment: Segment | None) -> tuple[Typed, bool]:
    """Where the builder begins, and whether that is an unsaved draft."""
    if not segment and (filters := request.GET.get("from")):
        return of_filters(Filters.read(QueryDict(filters).dict())), False
    copied = request.GET.get("copy", "")
    if not segment and copied.isdecimal() and (model := segment_of(int(copied[:18]))):
        typed = of_segment(model)
        return Typed(_("%(name)s (copy)") % {"name": typed.name}, typed.description, typed.root), False
    draft = draft_of(cast(Any, request.user).pk, segment.pk if segment else None)
    if draft:
        return of_draft(draft), True
    return (of_segment(segment) if segment else of_nothing()), False


def _page(request: HttpRequest, segment: Segment | None, typed: Typed, is_draft: bool, **more: Any) -> HttpResponse:
    names = known()
    context = {
        "segment": segment,
        "typed": typed,
        "is_draft": is_draft,
        "activities": activity_names(),
        **_tree(typed, segment, names, show_missing="is_refused" in more),
        **more,
    }
    return render(request, "subscribers/audience/segments/builder.html", context)


def _tree(typed: Typed, segment: Segment | None, names: Known, *, show_missing: bool) -> dict[str, Any]:
    """What is only not finished yet is no mistake before somebody saves."""
    problems = finish(typed.root, names).problems
    if show_missing:
        problems = {key: Problem(each.words) for key, each in problems.items()}
    root = line_of(typed.root, offer(names, segment.pk if segment else None), problems)
    return {"root": root, "problem": problems.get("")}


def _counted(typed: Typed, seed: int) -> dict[str, Any]:
    names = known()
    finished = finish(typed.root, names)
    context: dict[str, Any] = {"problems": finished.problems, "left_out": finished.left_out, "seconds": int(SECONDS)}
    if finished.problems and not finished.rules["rules" if "rules" in finished.rules else "rule"]:
        return context | {"is_unfinished": True}
    try:
        rule = rule_of(finished, names)
        return context | {"sentence": sentence(rule, names)} | _shown(look(rule, seed=seed), is_empty(typed.root))
    except RulesRefused as refused:
        return context | {"refusal": refused.why}
    except TookTooLong:
        return context | {"is_slow": True, "sentence": sentence(rule, names)}


def _shown(found: Look, is_everybody: bool) -> dict[str, Any]:
    share = 100 * found.people / found.everybody if found.everybody else 0.0
    others = found.everybody - found.people
    bar = [(_("in the segment"), found.people, "delivered"), (_("not in it"), others, "waiting")]
    return {"look": found, "share": share, "bar": bar, "is_everybody": is_everybody}


def _posted(request: HttpRequest) -> tuple[Segment | None, Typed]:
    return _segment_of(request.POST), read_form(request.POST)


def _segment_of(given: QueryDict) -> Segment | None:
    text = given.get("segment", "")
    return _segment(int(text[:18])) if text.isdecimal() and text.isascii() else None


def _segment(segment_id: int) -> Segment:
    found = segment_of(segment_id)
    if found is None:
        raise Http404
    return found


def _seed(request: HttpRequest) -> int:
    text = request.GET.get("seed", "")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 11 else 0
