"""MJML's words: which tags there are, what may stand inside them, and what mail clients do not run."""

CONTENT = frozenset(
    {
        "mj-accordion",
        "mj-button",
        "mj-carousel",
        "mj-divider",
        "mj-image",
        "mj-navbar",
        "mj-raw",
        "mj-social",
        "mj-spacer",
        "mj-table",
        "mj-text",
    }
)
CHILDREN = {
    "mjml": frozenset({"mj-head", "mj-body"}),
    "mj-head": frozenset(
        {
            "mj-attributes",
            "mj-breakpoint",
            "mj-font",
            "mj-preview",
            "mj-raw",
            "mj-style",
            "mj-title",
            "mj-html-attributes",
        }
    ),
    "mj-body": frozenset({"mj-section", "mj-wrapper", "mj-hero", "mj-raw"}),
    "mj-wrapper": frozenset({"mj-section", "mj-hero", "mj-raw"}),
    "mj-section": frozenset({"mj-column", "mj-group", "mj-raw"}),
    "mj-group": frozenset({"mj-column", "mj-raw"}),
    "mj-column": CONTENT,
    "mj-hero": CONTENT,
    "mj-accordion": frozenset({"mj-accordion-element"}),
    "mj-accordion-element": frozenset({"mj-accordion-title", "mj-accordion-text"}),
    "mj-carousel": frozenset({"mj-carousel-image"}),
    "mj-navbar": frozenset({"mj-navbar-link"}),
    "mj-social": frozenset({"mj-social-element"}),
}
# Between these tags' children a piece of Liquid may stand, carried by an mj-raw that we write around it.
CARRIES_LIQUID = frozenset({"mj-head", "mj-body", "mj-wrapper", "mj-section", "mj-group", "mj-column", "mj-hero"})
# What stands in these is text or CSS, never markup.
PLAIN_TEXT = frozenset({"mj-style", "mj-title", "mj-preview", "style", "title"})
TAGS = frozenset(
    {*CHILDREN, *CONTENT, *(tag for children in CHILDREN.values() for tag in children), "mj-all", "mj-class"}
)

VOID = frozenset(
    {
        "area",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    }
)
# Mail clients remove these, or they swallow the rest of the mail.
REFUSED = frozenset(
    {
        "applet",
        "base",
        "embed",
        "frame",
        "frameset",
        "iframe",
        "noembed",
        "noframes",
        "object",
        "plaintext",
        "script",
        "template",
        "textarea",
        "xmp",
    }
)
