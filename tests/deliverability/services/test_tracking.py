from deliverability.services.tracking import tracking_links
from deliverability.types import MailingBrief, StreamKind

BRIEF = MailingBrief(7, "marketing", StreamKind.MARKETING, "test", "1", "bounces.example", "https://t.example")


def test_a_mail_tracks_only_what_its_reader_allows() -> None:
    both = tracking_links(brief=BRIEF, token="TOKEN", opens=True, clicks=True)
    assert both.click_prefix == "https://t.example/t/c/TOKEN/"
    assert both.open_pixel_url == "https://t.example/t/o/TOKEN"
    opens = tracking_links(brief=BRIEF, token="TOKEN", opens=True, clicks=False)
    assert (opens.click_prefix, opens.dynamic_click) == (None, None)
    clicks = tracking_links(brief=BRIEF, token="TOKEN", opens=False, clicks=True)
    assert clicks.open_pixel_url is None
