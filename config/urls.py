"""Every URL of the system, one include per app."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from config.health import health
from config.web.views import setup
from config.web.views.home import home, sending_now
from config.web.views.palette import palette
from config.web.views.style import style_drawer, style_page

admin.site.site_header = admin.site.site_title = "Sendwell operations"

urlpatterns = [
    path("", home, name="home"),
    path("home/sending", sending_now, name="home-sending"),
    path("palette", palette, name="palette"),
    path("setup/", setup.setup, name="setup"),
    path("setup/owner", setup.owner, name="setup-owner"),
    path("setup/organisation", setup.organisation, name="setup-organisation"),
    path("setup/sending", setup.sending, name="setup-sending"),
    path("setup/trial", setup.trial, name="setup-trial"),
    # Browsers ask for it wherever a page names no icon, as those of /ops/.
    path("favicon.ico", login_not_required(RedirectView.as_view(url=static("app/mark.svg")))),
    path("health", login_not_required(health), name="health"),
    path("ops/ui/", style_page, name="style-page"),
    path("ops/ui/drawer", style_drawer, name="style-drawer"),
    path("ops/", admin.site.urls),
    path("account/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("campaigns.urls")),
    path("", include("templates_app.urls")),
    path("", include("deliverability.urls")),
    path("", include("subscribers.urls")),
]
