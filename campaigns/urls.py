"""URLs of campaigns."""

from django.urls import URLPattern, URLResolver, path

from campaigns.views.template_tests import template_test

urlpatterns: list[URLPattern | URLResolver] = [
    path("templates/<int:template_id>/test", template_test, name="template-test"),
]
