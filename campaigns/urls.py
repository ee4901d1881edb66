"""URLs of campaigns."""

from django.urls import URLPattern, URLResolver, path

from campaigns.views import asking_again, calendar, canary, capacity, listing, people, report, sending, setup
from campaigns.views.frequency import exempt_campaign
from campaigns.views.mail_page import mail_page
from campaigns.views.template_tests import template_test

urlpatterns: list[URLPattern | URLResolver] = [
    path("campaigns", listing.campaigns, name="campaigns"),
    path("consent/ask", asking_again.start_asking, name="reconfirm-new"),
    path("campaigns/new", listing.new_campaign, name="campaign-new"),
    path("campaigns/<int:campaign_id>", report.campaign, name="campaign"),
    path("campaigns/<int:campaign_id>/save", setup.save, name="campaign-save"),
    path("campaigns/<int:campaign_id>/state", setup.state, name="campaign-state"),
    path("campaigns/<int:campaign_id>/capacity", capacity.capacity, name="campaign-capacity"),
    path("campaigns/<int:campaign_id>/audience", setup.audience, name="campaign-audience"),
    path("campaigns/<int:campaign_id>/checklist", setup.checklist, name="campaign-checklist"),
    path("campaigns/<int:campaign_id>/mail", mail_page, name="campaign-mail"),
    path("campaigns/<int:campaign_id>/test", sending.test_drawer, name="campaign-test"),
    path("campaigns/<int:campaign_id>/review", sending.review_campaign, name="campaign-review"),
    path("campaigns/<int:campaign_id>/approve", sending.approve_campaign, name="campaign-approve"),
    path("campaigns/<int:campaign_id>/exempt", exempt_campaign, name="campaign-exempt"),
    path("campaigns/<int:campaign_id>/send", sending.send, name="campaign-send"),
    path("campaigns/<int:campaign_id>/undo", sending.undo, name="campaign-undo"),
    path("campaigns/<int:campaign_id>/pause", sending.pause_sending, name="campaign-pause"),
    path("campaigns/<int:campaign_id>/resume", sending.resume_sending, name="campaign-resume"),
    path("campaigns/<int:campaign_id>/cancel", sending.cancel_sending, name="campaign-cancel"),
    path("campaigns/<int:campaign_id>/move", calendar.move_campaign, name="campaign-move"),
    path("campaigns/<int:campaign_id>/duplicate", listing.duplicate, name="campaign-duplicate"),
    path("campaigns/<int:campaign_id>/delete", listing.delete_draft, name="campaign-delete"),
    path("campaigns/<int:campaign_id>/progress", report.progress, name="campaign-progress"),
    path("campaigns/<int:campaign_id>/figures", report.figures, name="campaign-figures"),
    path("campaigns/<int:campaign_id>/canary", canary.canary, name="campaign-canary"),
    path("campaigns/<int:campaign_id>/canary/decide", canary.decide, name="campaign-canary-decide"),
    path("campaigns/<int:campaign_id>/people/<slug:which>", people.people, name="campaign-people"),
    path("campaigns/<int:campaign_id>/why", people.why, name="campaign-why"),
    path("calendar", calendar.calendar, name="calendar"),
    path("templates/<int:template_id>/test", template_test, name="template-test"),
]
