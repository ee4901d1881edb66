"""Public URLs of deliverability: the tracking paths, which the edge serves too."""

from django.urls import path

from deliverability.views import tracking

urlpatterns = [
    path("t/o/<str:token>", tracking.track_open, name="track-open"),
    path("t/c/<str:token>/<str:number>", tracking.track_click, name="track-click"),
    path("t/x/<str:token>/<str:mac>", tracking.track_target, name="track-target"),
]
