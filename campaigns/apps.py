from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        # Composers read models, which Django has loaded only by now.
        from campaigns.composers import CampaignComposer, TestComposer
        from deliverability.services.composers import register_composer

        register_composer("campaign", CampaignComposer())
        register_composer("campaign-test", TestComposer())
