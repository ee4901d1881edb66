from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        # Composers read models, which Django has loaded only by now.
        from campaigns.composers import CampaignComposer, TestComposer
        from campaigns.queries.person import mailings_without
        from campaigns.queries.segment_uses import campaigns_with_segments
        from campaigns.queries.titles import campaign_titles
        from campaigns.services.forgetting import forget_person, forget_tests, old_tests
        from deliverability.services.composers import register_composer
        from deliverability.services.retention import Shelf
        from subscribers.queries.rights.export import register_section
        from subscribers.services.mailing_titles import register_titles
        from subscribers.services.retention import register_shelf
        from subscribers.services.rights.elsewhere import register_forgetter
        from subscribers.services.segments import register_segment_uses

        register_composer("campaign", CampaignComposer())
        register_composer("campaign-test", TestComposer())
        register_titles("campaign", campaign_titles)
        register_section(mailings_without)
        register_forgetter(forget_person)
        register_segment_uses(campaigns_with_segments)
        register_shelf("test_mails", Shelf(old_tests, forget_tests))
