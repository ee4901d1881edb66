"""Public URLs of subscribers."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
