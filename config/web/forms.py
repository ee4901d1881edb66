"""Renders every form of the web admin with our markup: label, hint, control and error, tied together for readers."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    form_template_name = "web/components/form.html"
    field_template_name = "web/components/field.html"
