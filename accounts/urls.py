"""URLs of accounts: the settings of members, the organisation and the team."""

from django.urls import path

from accounts.views import settings, team

urlpatterns = [
    path("settings/", settings.settings, name="settings"),
    path("settings/profile", settings.profile, name="settings-profile"),
    path("settings/organisation", settings.organisation, name="settings-organisation"),
    path("settings/team", team.team, name="settings-team"),
    path("settings/team/new", team.add, name="settings-team-new"),
    path("settings/team/<int:member_id>", team.member, name="settings-team-member"),
    path("settings/team/<int:member_id>/access", team.access, name="settings-team-access"),
    path("settings/team/<int:member_id>/link", team.link, name="settings-team-link"),
]
