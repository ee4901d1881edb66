"""The settings of sending: streams, their ways out and limits, and what holds them."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from deliverability.models import Provider, Stream
from deliverability.queries.lanes import steps_of
from deliverability.services.routes import save_route
from deliverability.services.streams import save_lanes, save_stream, try_again
from deliverability.types import StreamKind
from deliverability.views.forms import LaneForm, Lanes, LanesForm, Route, RouteForm, StreamForm
from deliverability.views.providers import may_manage
from deliverability.views.route_words import standings, standings_of_route


@require_safe
@may_manage
def streams(request: HttpRequest) -> HttpResponse:
    found = Stream.objects.prefetch_related("lanes", "route").order_by("kind", "name")
    providers = Provider.objects.in_bulk()
    states = standings(providers)
    ways = {
        each.pk: [(providers[step.provider_id], states[step.provider_id]) for step in steps_of(each)] for each in found
    }
    context = {"streams": [(each, ways[each.pk]) for each in found], "has_provider": bool(providers)}
    return render(request, "deliverability/streams.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
def stream(request: HttpRequest, stream_id: int | None = None) -> HttpResponse:
    found = get_object_or_404(Stream, pk=stream_id) if stream_id else None
    form = _stream_form(found, request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        save_stream(
            actor=cast(Any, request.user),
            stream_id=stream_id,
            name=given["name"],
            kind=StreamKind(given["kind"]),
            provider_id=None if found else given["provider"].pk,
            from_email=given["from_email"],
            bounce_domain=given["bounce_domain"],
            tracking_url=given["tracking_url"],
        )
        messages.success(request, _("The stream is saved. Mail that has not left yet goes this way."))
        return redirect("settings-streams")
    return _stream_page(request, found, form=form)


@require_POST
@may_manage
def lanes(request: HttpRequest, stream_id: int) -> HttpResponse:
    """The limits of a stream, all lines at once."""
    found = get_object_or_404(Stream, pk=stream_id)
    form = _lanes_form(found, request.POST)
    if not form.is_valid():
        return _stream_page(request, found, lanes=form)
    save_lanes(actor=cast(Any, request.user), stream_id=stream_id, lanes=form.chosen())
    messages.success(request, _("The limits are saved. Workers keep them from the next second on."))
    return redirect("settings-streams-one", stream_id)


@require_POST
@may_manage
def route(request: HttpRequest, stream_id: int) -> HttpResponse:
    """The ways out of a stream, all lines at once."""
    found = get_object_or_404(Stream, pk=stream_id)
    form = _route_form(found, request.POST)
    if not form.is_valid():
        return _stream_page(request, found, route=form)
    save_route(actor=cast(Any, request.user), stream_id=stream_id, steps=form.chosen())
    messages.success(request, _("The route is saved. Mail that has not left yet takes it from the next second on."))
    return redirect("settings-streams-one", stream_id)


@require_POST
@may_manage
def again(request: HttpRequest, stream_id: int) -> HttpResponse:
    found = get_object_or_404(Stream, pk=stream_id)
    try_again(actor=cast(Any, request.user), stream_id=stream_id)
    messages.success(request, _("“%(name)s” sends again. It stops by itself if the cause remains.") % {"name": found})
    return redirect("deliverability" if request.POST.get("from") == "deliverability" else "settings-streams")


def _values(row: Stream | None, form: type[StreamForm]) -> dict[str, Any] | None:
    return {name: getattr(row, name) for name in form.base_fields} if row else None


def _lanes_form(stream: Stream, given: QueryDict | None = None) -> Lanes:
    columns = list(LaneForm.base_fields)
    # formset_factory's return type knows only the base class.
    return cast(
        Lanes,
        LanesForm(given, prefix="lanes", initial=list(stream.lanes.order_by("mailbox_provider").values(*columns))),
    )


def _route_form(stream: Stream, given: QueryDict | None = None) -> Route:
    steps = [{"provider": step.provider_id, "tier": step.tier, "weight": step.weight} for step in steps_of(stream)]
    form = cast(Route, RouteForm(given, prefix="route", initial=steps))
    states = standings_of_route(stream)
    for line in form.forms:
        line.standing = states.get((line.initial or {}).get("provider", 0))
    return form


def _stream_page(
    request: HttpRequest,
    stream: Stream | None,
    *,
    form: StreamForm | None = None,
    route: Route | None = None,
    lanes: Lanes | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"stream": stream, "form": form or _stream_form(stream)}
    if stream:
        context |= {"route": route or _route_form(stream), "lanes": lanes or _lanes_form(stream)}
    return render(request, "deliverability/stream.html", context)


def _stream_form(stream: Stream | None, given: QueryDict | None = None) -> StreamForm:
    form = StreamForm(given, initial=_values(stream, StreamForm))
    if stream:
        # Django ignores what is posted for a disabled field.
        form.fields["kind"].disabled = True
        # Its ways out have a form of their own.
        del form.fields["provider"]
    return form
