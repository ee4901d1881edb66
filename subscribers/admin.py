"""People and permissions at /ops/: what may be corrected can be; what is evidence can only be read."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils.functional import cached_property

from deliverability.queries.mailbox_providers import mailbox_provider_of
from deliverability.queries.suppressions import address_key
from subscribers.models import (
    ConsentRecord,
    ConsentWording,
    Contact,
    CustomField,
    ImportRun,
    MailingList,
    SignUpForm,
    Subscription,
)
from subscribers.queries.estimates import estimated_rows
from subscribers.services.consent import publish_wording

# Generic for the type checker only: Django's classes take no parameters when they run.
if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
    Inline = admin.TabularInline[Any, Any]
    Pages = Paginator[Any]
else:
    Admin, Inline, Pages = admin.ModelAdmin, admin.TabularInline, Paginator

# Nobody pages further by hand, and counting further would scan a million rows.
_MOST_COUNTED = 10_000


class EstimatedPages(Pages):
    """Whole tables by the planner's estimate, searches by counting up to a limit."""

    @cached_property
    def count(self) -> int:
        found: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        counted = found.order_by()[:_MOST_COUNTED].count()
        if counted < _MOST_COUNTED or found.query.where:
            return counted
        return max(counted, estimated_rows(found.model))


class LargeAdmin(Admin):
    paginator = EstimatedPages
    show_full_result_count = False
    ordering = ("-id",)


class ReadOnlyAdmin(LargeAdmin):
    """Evidence: changing it by hand would make it lie."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class StandingInline(Inline):
    """Where a contact stands; it changes through a sign-up, an import or the preference center, never here."""

    model = Subscription
    fields = readonly_fields = ("mailing_list", "state", "consent_expires_at", "changed_at")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Contact)
class ContactAdmin(LargeAdmin):
    list_display = ("email", "first_name", "last_name", "locale", "country", "mailbox_provider", "created_at")
    search_fields = ("email",)
    search_help_text = "The beginning of an e-mail address"
    readonly_fields = ("mailbox_provider", "tracks_opens", "tracks_clicks", "engaged_at", "created_at", "updated_at")
    inlines = (StandingInline,)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        beginning = search_term.strip().lower()
        if not beginning:
            return queryset, False
        # A range and not LIKE: it uses the unique index on lower(email) whatever is in the term.
        folded = queryset.alias(folded=Lower("email"))
        return folded.filter(folded__gte=beginning, folded__lt=f"{beginning}\U0010ffff"), False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """An address is what a permission was given for: another address is another contact."""
        return (*self.readonly_fields, "email") if obj else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Contact, form: Any, change: bool) -> None:
        obj.address_key = address_key(obj.email)
        obj.mailbox_provider = mailbox_provider_of(obj.email)
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Their ledger protects them: erasing a person is a process of its own, not a click on a row."""
        return False


@admin.register(MailingList)
class MailingListAdmin(Admin):
    list_display = ("name", "slug", "is_public", "created_at")
    prepopulated_fields = {"slug": ("name",)}

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Deleting a list would delete who left it."""
        return False


@admin.register(ConsentRecord)
class ConsentRecordAdmin(ReadOnlyAdmin):
    list_display = ("occurred_at", "contact", "purpose", "mailing_list", "action", "basis", "source", "actor")
    list_select_related = ("contact", "mailing_list")
    list_filter = ("purpose", "action", "basis")


@admin.register(ConsentWording)
class ConsentWordingAdmin(Admin):
    """A changed text is published as a new version; the old one stays what people agreed to."""

    list_display = ("name", "version", "locale", "text", "created_at")
    fields = ("name", "locale", "text")

    def save_model(self, request: HttpRequest, obj: ConsentWording, form: Any, change: bool) -> None:
        published = publish_wording(name=obj.name, text=obj.text, locale=obj.locale)
        obj.pk, obj.version = published.pk, published.version

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(SignUpForm)
class SignUpFormAdmin(Admin):
    list_display = ("title", "slug", "is_open")
    prepopulated_fields = {"slug": ("title",)}
    filter_horizontal = ("lists",)


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "file_name", "mailing_list", "state", "rows", "created", "subscribed", "kept_out")
    list_select_related = ("mailing_list",)
    list_filter = ("state",)


@admin.register(CustomField)
class CustomFieldAdmin(Admin):
    list_display = ("label", "key", "kind")
    prepopulated_fields = {"key": ("label",)}

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """The key is written in contacts and templates: renaming it would lose both."""
        return ("key", "kind") if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return {} if obj else self.prepopulated_fields
