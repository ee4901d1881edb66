"""Templates and versions at /ops/, for looking behind the scenes."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from templates_app.errors import TemplateErrors
from templates_app.models import Template, TemplateVersion
from templates_app.services.compilation import compile_content

# Generic for the type checker only: Django's classes take no parameters when they run.
if TYPE_CHECKING:
    TemplateAdmin = admin.ModelAdmin[Template]
    VersionAdmin = admin.ModelAdmin[TemplateVersion]
    TemplateModelForm = forms.ModelForm[Template]
else:
    TemplateAdmin = VersionAdmin = admin.ModelAdmin
    TemplateModelForm = forms.ModelForm


class TemplateForm(TemplateModelForm):
    """Saves only what compiles; each mistake is shown with its line."""

    class Meta:
        model = Template
        fields = ("name", "source")
        widgets = {
            "source": forms.Textarea(
                attrs={"rows": 40, "spellcheck": "false", "style": "width:100%;font-family:monospace"}
            )
        }

    def clean_source(self) -> str:
        source = str(self.cleaned_data["source"])
        try:
            compile_content(source=source, organisation=None)
        except TemplateErrors as errors:
            raise ValidationError([str(problem) for problem in errors.problems]) from errors
        return source


@admin.register(Template)
class TemplateOperations(TemplateAdmin):
    form = TemplateForm
    list_display = ("name", "updated_at")
    search_fields = ("name",)

    def save_model(self, request: HttpRequest, obj: Template, form: Any, change: bool) -> None:
        # Whoever has the template open in the editor must see that it is no longer what they began with.
        obj.revision += 1
        obj.saved_by, obj.saved_at = str(request.user)[:200], timezone.now()
        super().save_model(request, obj, form, change)


@admin.register(TemplateVersion)
class VersionOperations(VersionAdmin):
    """What was sent stays what it was: read only."""

    list_display = ("template", "number", "subject", "created_at")
    list_select_related = ("template",)
    search_fields = ("template__name", "subject")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
