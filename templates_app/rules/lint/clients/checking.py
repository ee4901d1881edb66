"""Reports what a page uses and readers' programs do not know."""

from templates_app.rules.lint.clients.css_features import css_features
from templates_app.rules.lint.clients.html_features import html_features
from templates_app.rules.lint.clients.support import Feature, features
from templates_app.rules.lint.clients.use import Use, first_of_each
from templates_app.rules.lint.findings import Finding, Severity
from templates_app.rules.lint.page import Page

# Every mail has these, and where they fail nobody sees it.
_EVERYWHERE = frozenset({"html-doctype", "html-body", "html-style", "html-lang", "css-comments", "html-comments"})
_MOST_NAMED = 5


def check_clients(page: Page) -> list[Finding]:
    """One finding for each feature that a program lacks; a warning where one of the major ones does."""
    known = features()
    uses = first_of_each([*css_features(page.css), *html_features(page)])
    return [
        _finding(known[use.feature], use, times)
        for use, times in uses
        if use.feature in known and (known[use.feature].lacking or known[use.feature].partial)
    ]


def _finding(feature: Feature, use: Use, times: int) -> Finding:
    is_loud = bool(feature.lacking_major) and feature.slug not in _EVERYWHERE
    return Finding(
        id="unsupported" if feature.lacking else "partly-supported",
        severity=Severity.WARNING if is_loud else Severity.INFO,
        message=_words(feature, times),
        feature=feature.slug,
        line=use.line,
        selector=use.selector[:200],
        clients=feature.lacking or feature.partial,
    )


def _words(feature: Feature, times: int) -> str:
    clients, verb = (feature.lacking, "does not work") if feature.lacking else (feature.partial, "works only in part")
    named = sorted(clients, key=lambda client: client not in feature.lacking_major)[:_MOST_NAMED]
    others = len(clients) - len(named)
    where = ", ".join(named) + (f" and {others} of the {feature.tested} programs tested" if others else "")
    used = f" It is used {times} times, here first." if times > 1 else ""
    return f"{feature.title} {verb} in {where}. Make sure that the mail can be read without it.{used}"
