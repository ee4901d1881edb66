"""The settings of sending: streams, their limits, and what holds them."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from deliverability.models import Provider, Stream
from deliverability.services.streams import save_lanes, save_stream, try_again
from deliverability.types import StreamKind
from deliverability.views.forms import LaneForm, Lanes, LanesForm, StreamForm
from deliverability.views.providers import may_manage


@require_safe
@may_manage
def streams(request: HttpRequest) -> HttpResponse:
    found = Stream.objects.select_related("provider").prefetch_related("lanes").order_by("kind", "name")
    has_provider = Provider.objects.exists()
    return render(request, "deliverability/streams.html", {"streams": found, "has_provider": has_provider})


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
def stream(request: HttpRequest, stream_id: int | None = None) -> HttpResponse:
    found = get_object_or_404(Stream, pk=stream_id) if stream_id else None
    form = StreamForm(request.POST or None, initial=_values(found, StreamForm))
    if found:
        # Django ignores what is posted for a disabled field.
        form.fields["kind"].disabled = True
    if form.is_valid():
        given = form.cleaned_data
        save_stream(
            actor=cast(Any, request.user),
            stream_id=stream_id,
            name=given["name"],
            kind=StreamKind(given["kind"]),
            provider_id=given["provider"].pk,
            from_email=given["from_email"],
            bounce_domain=given["bounce_domain"],
            tracking_url=given["tracking_url"],
        )
        messages.success(request, _("The stream is saved. Mail that has not left yet goes this way."))
        return redirect("settings-streams")
    return _stream_page(request, found, form, _lanes_form(found) if found else None)


@require_POST
@may_manage
def lanes(request: HttpRequest, stream_id: int) -> HttpResponse:
    """The limits of a stream, all lines at once."""
    found = get_object_or_404(Stream, pk=stream_id)
    form = _lanes_form(found, request.POST)
    if not form.is_valid():
        return _stream_page(request, found, StreamForm(initial=_values(found, StreamForm)), form)
    save_lanes(actor=cast(Any, request.user), stream_id=stream_id, lanes=form.chosen())
    messages.success(request, _("The limits are saved. Workers keep them from the next second on."))
    return redirect("settings-streams-one", stream_id)


@require_POST
@may_manage
def again(request: HttpRequest, stream_id: int) -> HttpResponse:
    found = get_object_or_404(Stream, pk=stream_id)
    try_again(actor=cast(Any, request.user), stream_id=stream_id)
    messages.success(request, _("“%(name)s” sends again. It stops by itself if the cause remains.") % {"name": found})
    return redirect("settings-streams")


def _values(row: Stream | None, form: type[StreamForm]) -> dict[str, Any] | None:
    return {name: getattr(row, name) for name in form.base_fields} if row else None


def _lanes_form(stream: Stream, given: QueryDict | None = None) -> Lanes:
    columns = list(LaneForm.base_fields)
    # formset_factory's return type knows only the base class.
    return cast(
        Lanes,
        LanesForm(given, prefix="lanes", initial=list(stream.lanes.order_by("mailbox_provider").values(*columns))),
    )


def _stream_page(request: HttpRequest, stream: Stream | None, form: StreamForm, lanes: Lanes | None) -> HttpResponse:
    return render(request, "deliverability/stream.html", {"form": form, "stream": stream, "lanes": lanes})
