"""Public URLs of deliverability."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
