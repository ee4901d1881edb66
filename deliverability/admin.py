"""The engine under /ops/: providers and limits can be changed; what happened can only be read."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from deliverability.models import (
    DeliveryBatch,
    InboundMail,
    Inbox,
    Lane,
    LaneChange,
    Mailing,
    MxSuffix,
    Provider,
    Stream,
    Suppression,
    WayLimit,
)
from deliverability.providers.registry import provider_kinds
from deliverability.queries.progress import mailing_progress
from deliverability.queries.suppressions import address_key
from deliverability.services.inbound_mail import save_secrets
from deliverability.services.providers import set_password

# Generic for the type checker only: Django's classes take no parameters when they run.
if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
    Form = forms.ModelForm[Any]
    Inline = admin.TabularInline[Any, Any]
else:
    Admin, Form, Inline = admin.ModelAdmin, forms.ModelForm, admin.TabularInline


class ReadOnlyAdmin(Admin):
    """Records of what happened: changing them by hand would make them lie."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ProviderForm(Form):
    """The password goes in and never comes out again."""

    kind = forms.ChoiceField(choices=lambda: [(kind, kind) for kind in provider_kinds()])
    password = forms.CharField(
        required=False,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text="Stored encrypted and never shown again. Leave empty to keep the one that is stored.",
    )
    forget_password = forms.BooleanField(required=False, help_text="Remove the stored password.")

    class Meta:
        model = Provider
        fields = (
            "name",
            "kind",
            "host",
            "port",
            "security",
            "username",
            "password",
            "forget_password",
            "max_connections",
            "max_messages_per_connection",
            "paces_itself",
        )


@admin.register(Provider)
class ProviderAdmin(Admin):
    form = ProviderForm
    list_display = ("name", "kind", "host", "port", "security", "username", "has_password")

    @admin.display(boolean=True, description="Password stored")
    def has_password(self, provider: Provider) -> bool:
        return bool(provider.password_encrypted)

    def save_model(self, request: HttpRequest, obj: Provider, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.cleaned_data["password"] or form.cleaned_data["forget_password"]:
            set_password(provider=obj, password=form.cleaned_data["password"])


class LaneInline(Inline):
    model = Lane
    extra = 0


@admin.register(Stream)
class StreamAdmin(Admin):
    list_display = ("name", "kind", "provider", "from_email", "held_reason", "held_until")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (LaneInline,)
    actions = ("let_go",)

    @admin.action(description="Let the selected streams go on now")
    def let_go(self, request: HttpRequest, queryset: QuerySet[Stream]) -> None:
        queryset.update(held_reason="", held_until=None)


@admin.register(WayLimit)
class WayLimitAdmin(Admin):
    """What replaces the shipped limits of a way out to a mailbox provider."""

    list_display = (
        "provider",
        "mailbox_provider",
        "max_connections",
        "messages_per_connection",
        "messages_per_second",
        "messages_per_hour",
        "messages_per_day",
        "source",
    )
    list_filter = ("provider", "mailbox_provider")


@admin.register(MxSuffix)
class MxSuffixAdmin(Admin):
    list_display = ("suffix", "mailbox_provider", "source")


@admin.register(LaneChange)
class LaneChangeAdmin(ReadOnlyAdmin):
    list_display = (
        "at",
        "provider",
        "mailbox_provider",
        "kind",
        "rule",
        "messages_per_second",
        "connections",
        "until",
        "reply",
    )
    list_filter = ("kind", "mailbox_provider", "provider")


@admin.register(Lane)
class LaneAdmin(Admin):
    list_display = ("stream", "mailbox_provider", "messages_per_second", "burst", "max_connections")
    list_filter = ("stream",)


@admin.register(Mailing)
class MailingAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "stream", "state", "created_at", "waiting", "counts")
    list_filter = ("stream", "state", "composer")
    list_per_page = 25

    @admin.display(description="Waiting and on the way")
    def waiting(self, mailing: Mailing) -> str:
        progress = mailing_progress(mailing.pk)
        return f"{progress.waiting:,} + {progress.in_flight:,}"

    @admin.display(description="Events")
    def counts(self, mailing: Mailing) -> str:
        counts = mailing_progress(mailing.pk).counts
        return ", ".join(f"{kind.name.lower()} {total:,}" for kind, total in sorted(counts.items())) or "none yet"


@admin.register(DeliveryBatch)
class DeliveryBatchAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "mailing",
        "mailbox_provider",
        "priority",
        "recipients",
        "attempt",
        "state",
        "due_at",
        "epoch",
    )
    list_filter = ("state", "mailbox_provider", "stream")
    list_select_related = ("mailing",)
    show_full_result_count = False

    @admin.display(description="Recipients")
    def recipients(self, batch: DeliveryBatch) -> int:
        return len(batch.recipient_ids)


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin):
    """Held and lifted on the screens of the web admin, which ask why and keep it."""

    list_display = ("address", "scope", "reason", "created_at", "expires_at", "lifted_at", "lifted_by")
    list_filter = ("scope", "reason")
    show_full_result_count = False
    search_fields = ("address",)
    search_help_text = "A whole address, even an erased one"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return queryset.filter(address_key=address_key(search_term)) if search_term.strip() else queryset, False


class InboxForm(Form):
    """Secrets go in and never come out again."""

    secret = forms.CharField(
        required=False,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text="The password, or the refresh token of OAuth 2.0. Stored encrypted; leave empty to keep it.",
    )
    client_secret = forms.CharField(
        required=False,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text="OAuth 2.0 only. Stored encrypted; leave empty to keep it.",
    )

    token_url = forms.URLField(required=False, assume_scheme="https", help_text="OAuth 2.0 only.")

    class Meta:
        model = Inbox
        fields = (
            "name",
            "kind",
            "is_active",
            "path",
            "host",
            "port",
            "security",
            "folder",
            "username",
            "login",
            "secret",
            "token_url",
            "client_id",
            "client_secret",
        )


@admin.register(Inbox)
class InboxAdmin(Admin):
    form = InboxForm
    list_display = ("name", "kind", "is_active", "last_checked_at", "last_error")

    def save_model(self, request: HttpRequest, obj: Inbox, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        secrets = form.cleaned_data
        save_secrets(inbox=obj, secret=secrets["secret"], client_secret=secrets["client_secret"])


@admin.register(InboundMail)
class InboundMailAdmin(ReadOnlyAdmin):
    list_display = ("received_at", "source", "sender", "subject", "state", "note")
    list_filter = ("state", "source")
    search_fields = ("sender", "subject")
    exclude = ("raw", "digest")
    show_full_result_count = False
