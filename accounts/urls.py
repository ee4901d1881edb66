"""URLs of accounts: the settings of members, the organisation and the team."""

from django.urls import path

from accounts.views import audit, invitations, logo, settings, team

urlpatterns = [
    path("settings/", settings.settings, name="settings"),
    path("settings/profile", settings.profile, name="settings-profile"),
    path("settings/organisation", settings.organisation, name="settings-organisation"),
    path("settings/team", team.team, name="settings-team"),
    path("settings/team/new", invitations.invite, name="settings-team-new"),
    path("settings/team/<int:member_id>", team.member, name="settings-team-member"),
    path("settings/team/<int:member_id>/access", team.access, name="settings-team-access"),
    path("settings/team/<int:member_id>/link", team.link, name="settings-team-link"),
    path("settings/team/invitations/<int:invitation_id>/again", invitations.again, name="settings-team-again"),
    path("settings/team/invitations/<int:invitation_id>/revoke", invitations.revoke, name="settings-team-revoke"),
    path("settings/organisation/logo", logo.change, name="settings-organisation-logo"),
    path("settings/organisation/brand", settings.brand, name="settings-organisation-brand"),
    path("settings/audit", audit.audit, name="settings-audit"),
    path("invitation/<str:token>", invitations.accept, name="invitation-accept"),
    path("logo/<str:name>", logo.show, name="logo"),
]
