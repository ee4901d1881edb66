from django.apps import AppConfig


class SubscribersConfig(AppConfig):
    name = "subscribers"

    def ready(self) -> None:
        from deliverability.services.tracking import register_tracking_consent
        from subscribers.queries.tracking import tracking_consent

        register_tracking_consent(tracking_consent)
