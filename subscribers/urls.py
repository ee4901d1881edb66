"""Public URLs of subscribers."""

from django.urls import path

from subscribers.views.confirm import confirm
from subscribers.views.one_click import one_click
from subscribers.views.preferences import preferences
from subscribers.views.sign_up import sign_up, sign_up_done

# No slash at the end: APPEND_SLASH must never redirect a one-click POST (RFC 8058).
urlpatterns = [
    path("s/<slug:slug>", sign_up, name="sign-up"),
    path("s/<slug:slug>/done", sign_up_done, name="sign-up-done"),
    path("c/<str:token>", confirm, name="confirm"),
    path("p/<str:token>", preferences, name="preferences"),
    path("u/<str:token>", one_click, name="one-click"),
]
