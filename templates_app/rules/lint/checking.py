"""All checks over one mail."""

from templates_app.rules.lint.accessibility import check_accessibility, check_emptiness
from templates_app.rules.lint.clients.checking import check_clients
from templates_app.rules.lint.findings import Finding, in_order
from templates_app.rules.lint.links import check_links
from templates_app.rules.lint.looks import Looks
from templates_app.rules.lint.merge_tags import check_merge_tags
from templates_app.rules.lint.page import read_page
from templates_app.rules.lint.rendering import check_rendering
from templates_app.rules.lint.trust import check_trust
from templates_app.rules.lint.wording import Envelope, check_wording


def lint_html(source: str, *, envelope: Envelope | None = None, is_marketing: bool = True) -> list[Finding]:
    """What is to be said of a mail, the loudest first; Liquid may still stand in it.

    `envelope` is left out where only the HTML is known. Raises nothing, however broken the HTML.
    """
    page = read_page(source)
    looks = Looks(page)
    found = [
        *check_emptiness(page),
        *check_accessibility(page, looks),
        *check_rendering(page, looks),
        *check_links(page),
        *check_trust(page, looks, is_marketing=is_marketing),
        *check_merge_tags(source),
        *check_clients(page),
    ]
    if envelope is not None:
        found += check_wording(page, envelope)
    return in_order(found)
