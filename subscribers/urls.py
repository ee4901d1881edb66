"""URLs of subscribers: the public ones, short for mails, and the screens of the audience."""

from django.urls import path

from subscribers.views.audience import (
    certificate,
    consent,
    contacts,
    duplicates,
    health,
    holding,
    import_setup,
    imports,
    lists,
    privacy,
    processing,
    profile,
    retention,
    sign_up_forms,
    sunset,
)
from subscribers.views.audience.segments import builder, pages
from subscribers.views.confirm import confirm
from subscribers.views.custom_fields import field_page, fields_page
from subscribers.views.errands import errand
from subscribers.views.frequency import frequency_page
from subscribers.views.lifecycle import lifecycle_page, lifecycle_preview
from subscribers.views.my_data import my_data
from subscribers.views.one_click import one_click
from subscribers.views.policies import country_page, policy_page
from subscribers.views.preferences import preferences
from subscribers.views.reconfirm import reconfirm
from subscribers.views.sign_up import sign_up, sign_up_done
from subscribers.views.warmup import new_warmup

# No slash at the end: APPEND_SLASH must never redirect a one-click POST (RFC 8058).
urlpatterns = [
    path("s/<slug:slug>", sign_up, name="sign-up"),
    path("s/<slug:slug>/done", sign_up_done, name="sign-up-done"),
    path("c/<str:token>", confirm, name="confirm"),
    path("p/<str:token>", preferences, name="preferences"),
    path("y/<str:token>", errand, name="errand"),
    path("k/<str:token>", reconfirm, name="reconfirm"),
    path("u/<str:token>", one_click, name="one-click"),
    path("d/<str:token>", my_data, name="my-data"),
    path("contacts", contacts.contacts, name="contacts"),
    path("contacts/new", contacts.new_contact, name="contact-new"),
    path("contacts/columns", contacts.columns, name="contact-columns"),
    path("contacts/export", contacts.export, name="contacts-export"),
    path("contacts/views", contacts.keep_view, name="contact-view-save"),
    path("contacts/views/<int:view_id>/delete", contacts.forget_view, name="contact-view-delete"),
    path("contacts/duplicates", duplicates.duplicates, name="duplicates"),
    path("contacts/duplicates/look", duplicates.look_again, name="duplicates-look"),
    path("contacts/<int:keep_id>/merge/<int:merge_id>", duplicates.compare, name="contacts-compare"),
    path("contacts/<int:contact_id>", profile.contact, name="contact"),
    path("contacts/<int:contact_id>/edit", profile.edit_contact, name="contact-edit"),
    path("contacts/<int:contact_id>/consent", certificate.consent_certificate, name="contact-certificate"),
    path("contacts/<int:contact_id>/act", profile.act, name="contact-act"),
    path("suppressions/policy", holding.suppression_policy_page, name="suppressions-policy"),
    path("contacts/<int:contact_id>/lift-restriction", privacy.lift_restriction, name="contact-lift-restriction"),
    path("privacy", privacy.privacy_requests, name="privacy-requests"),
    path("privacy/new", privacy.new_request, name="privacy-request-new"),
    path("privacy/<int:request_id>", privacy.privacy_request, name="privacy-request"),
    path("privacy/<int:request_id>/answer", privacy.answer_request, name="privacy-request-answer"),
    path("settings/retention", retention.retention, name="settings-retention"),
    path("settings/processing", processing.processing, name="settings-processing"),
    path("lists", lists.lists, name="lists"),
    path("lists/new", lists.new_list, name="list-new"),
    path("lists/<int:list_id>", lists.edit_list, name="list"),
    path("forms", sign_up_forms.forms, name="forms"),
    path("forms/new", sign_up_forms.new_form, name="form-new"),
    path("forms/<int:form_id>", sign_up_forms.edit_form, name="form"),
    path("forms/<int:form_id>/open", sign_up_forms.toggle_form, name="form-open"),
    path("forms/<int:form_id>/preview", sign_up_forms.form_preview, name="form-preview"),
    path("forms/<int:form_id>/qr.svg", sign_up_forms.form_qr, name="form-qr"),
    path("forms/<int:form_id>/<slug:locale>", sign_up_forms.form_language, name="form-language"),
    path("list-health", health.list_health, name="list-health"),
    path("list-health/<int:list_id>", health.list_health, name="list-health-one"),
    path("list-health/<int:list_id>/<slug:kind>", health.people_who_turned, name="list-health-people"),
    path("sunset", sunset.sunset, name="sunset"),
    path("sunset/save", sunset.save_sunset, name="sunset-save"),
    path("sunset/<int:list_id>/segment", sunset.sunset_segment, name="sunset-segment"),
    path("sunset/<int:list_id>/<slug:step>", sunset.sunset_people, name="sunset-people"),
    path("segments", pages.segments, name="segments"),
    path("segments/new", builder.new_segment, name="segment-new"),
    path("segments/shape", builder.shape, name="segment-shape"),
    path("segments/live", builder.live, name="segment-live"),
    path("segments/drop", builder.drop, name="segment-drop"),
    path("segments/compare", pages.overlap, name="segment-compare"),
    path("segments/<int:segment_id>", pages.segment, name="segment"),
    path("segments/<int:segment_id>/edit", builder.edit_segment, name="segment-edit"),
    path("segments/<int:segment_id>/count", pages.count, name="segment-count"),
    path("segments/<int:segment_id>/delete", pages.delete, name="segment-delete"),
    path("consent", consent.consent, name="consent"),
    path("consent/lists/<int:list_id>", consent.ending, name="consent-ending"),
    path("consent/lists/<int:list_id>/segment", consent.ending_segment, name="consent-segment"),
    path("imports", imports.imports, name="imports"),
    path("imports/new", import_setup.new_import, name="import-new"),
    path("imports/<int:run_id>", imports.one_import, name="import"),
    path("imports/<int:run_id>/save", import_setup.save_import, name="import-save"),
    path("imports/<int:run_id>/start", import_setup.start_import, name="import-start"),
    path("imports/<int:run_id>/progress", imports.progress, name="import-progress"),
    path("imports/<int:run_id>/again", imports.again, name="import-again"),
    path("imports/<int:run_id>/discard", imports.discard, name="import-discard"),
    path("imports/<int:run_id>/reports/<slug:which>", imports.report, name="import-report"),
    path("settings/lifecycle", lifecycle_page, name="settings-lifecycle"),
    path("settings/lifecycle/preview", lifecycle_preview, name="settings-lifecycle-preview"),
    path("settings/fields", fields_page, name="settings-fields"),
    path("settings/fields/<int:field_id>", field_page, name="settings-field"),
    path("settings/frequency", frequency_page, name="settings-frequency"),
    path("settings/permission", policy_page, name="settings-permission"),
    path("settings/permission/<slug:code>", country_page, name="settings-permission-country"),
    path("deliverability/warm-up/new", new_warmup, name="warmup-new"),
]
