"""Every URL of the system, one include per app."""

from django.contrib import admin
from django.urls import include, path

from config.health import health

admin.site.site_header = admin.site.site_title = "Sendwell operations"

urlpatterns = [
    path("health", health, name="health"),
    path("ops/", admin.site.urls),
    path("", include("deliverability.urls")),
    path("", include("subscribers.urls")),
]
