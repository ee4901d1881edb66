"""The settings of sending: providers with a trial mail, and streams with what holds them."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from deliverability.errors import NameTaken
from deliverability.models import Provider, Stream
from deliverability.services.providers import save_provider
from deliverability.services.streams import save_lanes, save_stream, try_again
from deliverability.services.trial import try_provider
from deliverability.types import StreamKind
from deliverability.views.forms import LaneForm, Lanes, LanesForm, ProviderForm, StreamForm

may_manage = permission_required("deliverability.manage", raise_exception=True)


@require_safe
@may_manage
def providers(request: HttpRequest) -> HttpResponse:
    found = Provider.objects.prefetch_related("streams").order_by("name")
    return render(request, "deliverability/providers.html", {"providers": found})


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
def provider(request: HttpRequest, provider_id: int | None = None) -> HttpResponse:
    found = get_object_or_404(Provider, pk=provider_id) if provider_id else None
    form = ProviderForm(request.POST or None, initial=_values(found, ProviderForm))
    if form.is_valid():
        try:
            saved = save_provider(actor=cast(Any, request.user), provider_id=provider_id, **form.cleaned_data)
        except NameTaken as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("Saved. Send yourself a mail to see that it works."))
            return redirect("settings-providers-one", saved.pk)
    return render(request, "deliverability/provider.html", {"form": form, "provider": found})


@require_POST
@may_manage
def trial(request: HttpRequest, provider_id: int) -> HttpResponse:
    """Sends one mail now and shows what the server said."""
    found = get_object_or_404(Provider, pk=provider_id)
    to = cast(Any, request.user).email
    context = {
        "form": ProviderForm(initial=_values(found, ProviderForm)),
        "provider": found,
        "trial": try_provider(actor=cast(Any, request.user), provider_id=provider_id, to=to),
    }
    return render(request, "deliverability/provider.html", context)


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


def _values(row: Provider | Stream | None, form: type[ProviderForm] | type[StreamForm]) -> dict[str, Any] | None:
    """What the form begins with; passwords never come back."""
    return {name: getattr(row, name) for name in form.base_fields if name != "password"} if row else None


def _lanes_form(stream: Stream, given: QueryDict | None = None) -> Lanes:
    columns = list(LaneForm.base_fields)
    # formset_factory's return type knows only the base class.
    return cast(
        Lanes,
        LanesForm(given, prefix="lanes", initial=list(stream.lanes.order_by("mailbox_provider").values(*columns))),
    )


def _stream_page(request: HttpRequest, stream: Stream | None, form: StreamForm, lanes: Lanes | None) -> HttpResponse:
    return render(request, "deliverability/stream.html", {"form": form, "stream": stream, "lanes": lanes})
