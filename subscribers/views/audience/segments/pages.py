"""The segments there are, one of them with its history, and how several overlap."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from subscribers.errors import RulesRefused, SegmentRefused, TookTooLong
from subscribers.models import SegmentSize
from subscribers.queries.segments import (
    Region,
    compare,
    draft_of,
    known,
    segment_list,
    segment_of,
    segment_row,
    segment_rule,
    size_history,
)
from subscribers.services.segments import delete_segment, take_snapshot, uses_of

may_view = permission_required("subscribers.view", raise_exception=True)
may_edit = permission_required("subscribers.edit", raise_exception=True)
MOST_COMPARED = 3
_COMPARE_SECONDS = 10.0


@require_safe
@may_view
def segments(request: HttpRequest) -> HttpResponse:
    rows = segment_list()
    uses = uses_of([row.id for row in rows])
    draft = draft_of(cast(Any, request.user).pk, None)
    lines = [(row, uses[row.id]) for row in rows]
    return render(request, "subscribers/audience/segments/list.html", {"lines": lines, "draft": draft})


@require_safe
@may_view
def segment(request: HttpRequest, segment_id: int) -> HttpResponse:
    row = segment_row(segment_id)
    if row is None:
        raise Http404
    sizes = size_history(segment_id)
    return render(
        request,
        "subscribers/audience/segments/segment.html",
        {
            "segment": row,
            "uses": uses_of([segment_id])[segment_id],
            "draft": draft_of(cast(Any, request.user).pk, segment_id),
            "others": [each for each in known().segments.items() if each[0] != segment_id],
            "sizes": sizes,
            **_chart(row.name, sizes),
        },
    )


@require_POST
@may_view
def count(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Counts now, for whoever cannot wait for the night."""
    try:
        size = take_snapshot(actor=cast(Any, request.user), segment_id=segment_id, seconds=_COMPARE_SECONDS)
    except TookTooLong:
        words = _(
            "Counting took longer than %(seconds)d seconds, so it was stopped. The next nightly count will have it."
        )
        messages.error(request, words % {"seconds": _COMPARE_SECONDS})
    else:
        messages.success(request, _("Counted: %(people)s people.") % {"people": f"{size.people:,}"})
    return redirect("segment", segment_id)


@require_POST
@may_edit
def delete(request: HttpRequest, segment_id: int) -> HttpResponse:
    found = segment_of(segment_id)
    try:
        delete_segment(actor=cast(Any, request.user), segment_id=segment_id)
    except SegmentRefused as refused:
        messages.error(request, str(refused))
        return redirect("segment", segment_id)
    messages.success(request, _("“%(name)s” is deleted. The people who were in it stay.") % {"name": found})
    return redirect("segments")


@require_safe
@may_view
def overlap(request: HttpRequest) -> HttpResponse:
    names = known()
    asked = [int(text) for text in request.GET.getlist("segment") if text.isdecimal() and len(text) < 19]
    chosen = [key for key in dict.fromkeys(asked) if key in names.segments][:MOST_COMPARED]
    context: dict[str, Any] = {
        "choices": list(names.segments.items()),
        "chosen": [*chosen, *[None] * (MOST_COMPARED - len(chosen))],
        "names": [names.segments[key] for key in chosen],
    }
    if len(chosen) > 1:
        try:
            regions = compare([segment_rule(key, names) for key in chosen], seconds=_COMPARE_SECONDS)
            context |= _drawn(_regions(chosen, context["names"], regions))
        except RulesRefused as refused:
            context |= {"refusal": refused.why}
        except TookTooLong:
            context |= {"is_slow": True, "seconds": int(_COMPARE_SECONDS)}
    return render(request, "subscribers/audience/segments/compare.html", context)


def _regions(keys: Sequence[int], names: Sequence[str], regions: Sequence[Region]) -> list[dict[str, Any]]:
    """Every combination in words, those without anybody too, with the people behind it."""
    people = {region.inside: region.people for region in regions}
    total = sum(people.values())
    found: list[dict[str, Any]] = []
    for size in range(1, len(keys) + 1):
        for places in combinations(range(len(keys)), size):
            inside = tuple(number in places for number in range(len(keys)))
            found.append(
                {
                    "words": _in_words(names, inside),
                    "people": people.get(inside, 0),
                    "share": 100 * people.get(inside, 0) / total if total else None,
                    "query": _query(keys, inside),
                    "kind": f"part-{len(found) + 1}",
                }
            )
    return found


def _drawn(regions: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """As a bar, and the same in words for whoever cannot see it."""
    bar = [(each["words"], each["people"], each["kind"]) for each in regions]
    summary = "; ".join(f"{words}: {people:,}" for words, people, _kind in bar)
    return {"regions": regions, "bar": bar, "summary": summary}


def _in_words(names: Sequence[str], inside: Sequence[bool]) -> str:
    within = [f"“{name}”" for name, is_in in zip(names, inside, strict=True) if is_in]
    if len(within) == 1:
        return _("Only in %(name)s") % {"name": within[0]}
    words = _(" and ").join(within)
    if len(within) == len(names):
        return _("In both") if len(names) == 2 else _("In all three")
    return _("In %(names)s alone") % {"names": words}


def _query(keys: Sequence[int], inside: Sequence[bool]) -> str:
    within = ",".join(str(key) for key, is_in in zip(keys, inside, strict=True) if is_in)
    without = ",".join(str(key) for key, is_in in zip(keys, inside, strict=True) if not is_in)
    return f"segment={within}" + (f"&without={without}" if without else "")


def _chart(name: str, sizes: Sequence[SegmentSize]) -> dict[str, Any]:
    """Nothing to draw of a single count."""
    if len(sizes) < 2:
        return {}
    people = [size.people for size in sizes]
    # Long labels would lie on one another on a phone; the year is said where there are two.
    day = "%-d %b" if sizes[0].taken_at.year == sizes[-1].taken_at.year else "%b %Y"
    words = _("“%(name)s” had %(first)s people on %(day)s and has %(last)s now; at least %(least)s, at most %(most)s.")
    return {
        "labels": [f"{size.taken_at:{day}}" for size in sizes],
        "series": [(_("People"), people)],
        "summary": words
        % {
            "name": name,
            "first": f"{people[0]:,}",
            "day": f"{sizes[0].taken_at:%-d %b %Y}",
            "last": f"{people[-1]:,}",
            "least": f"{min(people):,}",
            "most": f"{max(people):,}",
        },
    }
