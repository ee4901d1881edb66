"""The team and the organisation at /ops/."""

from typing import TYPE_CHECKING, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.http import HttpRequest

from accounts.models import Organisation, User

# Generic for the type checker only: Django's classes take no parameters when they run.
if TYPE_CHECKING:
    OrganisationAdmin = admin.ModelAdmin[Organisation]
    NewForm = AdminUserCreationForm[User]
    ChangeForm = UserChangeForm[User]
    TeamAdmin = UserAdmin[User]
else:
    OrganisationAdmin = admin.ModelAdmin
    NewForm, ChangeForm, TeamAdmin = AdminUserCreationForm, UserChangeForm, UserAdmin


class NewUserForm(NewForm):
    class Meta:
        model = User
        fields = ("email", "role")
        field_classes: ClassVar[dict[str, type]] = {}


class UserForm(ChangeForm):
    class Meta:
        model = User
        fields = "__all__"
        field_classes: ClassVar[dict[str, type]] = {}


@admin.register(User)
class UserOperations(TeamAdmin):
    """Django's own, by e-mail address instead of user name."""

    form = UserForm
    add_form = NewUserForm
    ordering = ("email",)
    list_display = ("email", "first_name", "last_name", "role", "is_staff", "is_active", "last_login")
    search_fields = ("email", "first_name", "last_name")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "time_zone")}),
        ("Rights", {"fields": ("role", "is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email", "role", "usable_password", "password1", "password2")}),
    )
    readonly_fields = ("last_login", "date_joined")


@admin.register(Organisation)
class OrganisationOperations(OrganisationAdmin):
    """One row: who sends, and where the law can find them."""

    list_display = ("name", "postal_address", "website", "time_zone")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Organisation.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Organisation | None = None) -> bool:
        # Every mail names the organisation; without one nothing can be sent.
        return False
