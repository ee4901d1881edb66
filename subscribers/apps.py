from django.apps import AppConfig


class SubscribersConfig(AppConfig):
    name = "subscribers"

    def ready(self) -> None:
        from deliverability.services.addresses import register_addresses
        from deliverability.services.composers import register_composer
        from deliverability.services.topics import register_topics
        from deliverability.services.tracking import register_tracking_consent
        from subscribers.composers import AnswerComposer, ConfirmationComposer, ErrandComposer
        from subscribers.queries.consent.choices import list_names
        from subscribers.queries.consent.tracking import tracking_consent
        from subscribers.queries.contacts.addresses import addresses_of
        from subscribers.queries.contacts.preview_people import PreviewPeople
        from subscribers.services.errands import COMPOSER as ERRANDS
        from subscribers.services.rights.answering import COMPOSER as ANSWERS
        from subscribers.services.waiting import COMPOSER
        from templates_app.services.people import register_people

        register_composer(COMPOSER, ConfirmationComposer())
        register_composer(ANSWERS, AnswerComposer())
        register_composer(ERRANDS, ErrandComposer())
        register_addresses(addresses_of)
        register_tracking_consent(tracking_consent)
        register_topics(list_names)
        register_people(PreviewPeople())
