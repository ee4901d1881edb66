"""URLs of deliverability: the public tracking paths, which the edge serves too, and the settings of sending."""

from django.urls import path

from deliverability.views import alerts, hooks, providers, settings, suppression_files, suppressions, tracking, warmup

urlpatterns = [
    path("t/o/<str:token>", tracking.track_open, name="track-open"),
    path("t/c/<str:token>/<str:number>", tracking.track_click, name="track-click"),
    path("t/x/<str:token>/<str:mac>", tracking.track_target, name="track-target"),
    path("hooks/<str:kind>/<str:token>/", hooks.hook, name="webhook"),
    path("suppressions", suppressions.suppressions, name="suppressions"),
    path("suppressions/new", suppressions.add_suppressions, name="suppressions-new"),
    path("suppressions/import", suppression_files.import_file, name="suppressions-import"),
    path("suppressions/export", suppression_files.export_suppressions, name="suppressions-export"),
    path("suppressions/<int:suppression_id>/lift", suppressions.lift_suppression, name="suppression-lift"),
    path("deliverability/warm-up/", warmup.warmups, name="warmups"),
    path("deliverability/warm-up/<int:plan_id>", warmup.warmup, name="warmup"),
    path("deliverability/warm-up/<int:plan_id>/act", warmup.act, name="warmup-act"),
    path("alerts", alerts.alerts, name="alerts"),
    path("alerts/<int:alert_id>/acknowledge", alerts.take, name="alert-acknowledge"),
    path("alerts/channels", alerts.alert_channels, name="alerts-channels"),
    path("alerts/channels/<int:channel_id>/trial", alerts.channel_trial, name="alerts-channel-trial"),
    path("alerts/channels/<int:channel_id>/remove", alerts.channel_remove, name="alerts-channel-remove"),
    path("alerts/guardrails", alerts.guardrails, name="alerts-guardrails"),
    path("settings/providers", providers.providers, name="settings-providers"),
    path("settings/providers/new", providers.new_provider, name="settings-providers-new"),
    path("settings/providers/<int:provider_id>", providers.provider, name="settings-providers-one"),
    path("settings/providers/<int:provider_id>/trial", providers.trial, name="settings-providers-trial"),
    path("settings/streams", settings.streams, name="settings-streams"),
    path("settings/streams/new", settings.stream, name="settings-streams-new"),
    path("settings/streams/<int:stream_id>", settings.stream, name="settings-streams-one"),
    path("settings/streams/<int:stream_id>/lanes", settings.lanes, name="settings-streams-lanes"),
    path("settings/streams/<int:stream_id>/route", settings.route, name="settings-streams-route"),
    path("settings/streams/<int:stream_id>/again", settings.again, name="settings-streams-again"),
]
