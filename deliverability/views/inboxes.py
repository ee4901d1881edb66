"""The settings of inboxes: where bounces and complaints are fetched."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from deliverability.errors import NameTaken
from deliverability.models import Inbox
from deliverability.queries.inbound_log import inboxes as all_inboxes
from deliverability.services.inboxes import remove_inbox, save_inbox, try_inbox

may_manage = permission_required("deliverability.manage", raise_exception=True)
_KEPT = gettext_lazy("Kept encrypted and never shown again. Leave it empty to keep the one there is.")


def _secret(label: Any, help_text: Any = _KEPT) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, required=False, strip=False, widget=widget, help_text=help_text)


class InboxForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Inbox.Kind.choices)
    host = forms.CharField(label=gettext_lazy("IMAP server"), max_length=255, required=False)
    port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65535, initial=993)
    security = forms.ChoiceField(
        label=gettext_lazy("Encryption"), choices=Inbox.Security.choices, initial=Inbox.Security.TLS
    )
    username = forms.CharField(label=gettext_lazy("User name"), max_length=255, required=False)
    login = forms.ChoiceField(label=gettext_lazy("Signs in with"), choices=Inbox.Login.choices)
    secret = _secret(gettext_lazy("Password or refresh token"))
    folder = forms.CharField(label=gettext_lazy("Folder"), max_length=200, initial="INBOX")
    token_url = forms.URLField(
        label=gettext_lazy("Token URL"),
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("OAuth 2.0 only: where access tokens come from."),
    )
    client_id = forms.CharField(
        label=gettext_lazy("Client id"), max_length=255, required=False, help_text=gettext_lazy("OAuth 2.0 only.")
    )
    client_secret = _secret(gettext_lazy("Client secret"), gettext_lazy("OAuth 2.0 only. Kept like the password."))
    path = forms.CharField(
        label=gettext_lazy("Folder of the Maildir"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Only for a Maildir: the folder on this machine that holds new and cur."),
    )
    is_active = forms.BooleanField(label=gettext_lazy("Fetch mail every minute"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        wanted = {"path": _("Enter the folder.")}
        if given.get("kind") == Inbox.Kind.IMAP:
            wanted = {"host": _("Enter the server's name."), "username": _("Enter the user name.")}
            if given.get("login") == Inbox.Login.OAUTH2:
                wanted |= {
                    "token_url": _("Enter where access tokens come from."),
                    "client_id": _("Enter the client id."),
                }
        for name, words in wanted.items():
            if not given.get(name) and name not in self.errors:
                self.add_error(name, words)
        return given


@require_safe
@may_manage
def inboxes(request: HttpRequest) -> HttpResponse:
    return render(request, "deliverability/inboxes.html", {"inboxes": all_inboxes()})


@require_http_methods(["GET", "HEAD", "POST"])
@may_manage
def inbox(request: HttpRequest, inbox_id: int | None = None) -> HttpResponse:
    found = get_object_or_404(Inbox, pk=inbox_id) if inbox_id else None
    form = InboxForm(request.POST or None, initial=_values(found))
    if form.is_valid():
        try:
            saved = save_inbox(actor=cast(Any, request.user), inbox_id=inbox_id, **form.cleaned_data)
        except NameTaken as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("Saved. Try it to see that it can be read."))
            return redirect("settings-inboxes-one", saved.pk)
    return render(request, "deliverability/inbox.html", {"form": form, "inbox": found})


@require_POST
@may_manage
def trial(request: HttpRequest, inbox_id: int) -> HttpResponse:
    """Fetches what waits now and says how that went."""
    found = get_object_or_404(Inbox, pk=inbox_id)
    count, failure = try_inbox(actor=cast(Any, request.user), inbox_id=found.pk)
    context = {"form": InboxForm(initial=_values(found)), "inbox": found, "trial": {"count": count, "failure": failure}}
    return render(request, "deliverability/inbox.html", context)


@require_POST
@may_manage
def remove(request: HttpRequest, inbox_id: int) -> HttpResponse:
    found = get_object_or_404(Inbox, pk=inbox_id)
    remove_inbox(actor=cast(Any, request.user), inbox_id=found.pk)
    messages.success(request, _("“%(name)s” is not read any more. What it brought stays.") % {"name": found.name})
    return redirect("settings-inboxes")


def _values(row: Inbox | None) -> dict[str, Any] | None:
    """What the form begins with; secrets never come back."""
    kept = [name for name in InboxForm.base_fields if name not in ("secret", "client_secret")]
    return {name: getattr(row, name) for name in kept} if row else None
