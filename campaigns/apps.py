from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        # Composers read models, which Django has loaded only by now.
        from campaigns.composers import CampaignComposer, TestComposer
        from campaigns.queries.titles import campaign_titles
        from deliverability.services.composers import register_composer
        from subscribers.services.mailing_titles import register_titles

        register_composer("campaign", CampaignComposer())
        register_composer("campaign-test", TestComposer())
        register_titles("campaign", campaign_titles)
