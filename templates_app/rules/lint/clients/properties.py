"""Which of caniemail's features a CSS property belongs to; one without an entry belongs to `css-` and its own name."""

_SIDES = ("top", "right", "bottom", "left")
_ENDS = ("block-start", "block-end", "inline-start", "inline-end")
_LINES = ("color", "style", "width")


_TIMED = (
    *("", "-name", "-property", "-duration", "-delay", "-timing-function", "-iteration-count", "-direction"),
    *("-fill-mode", "-play-state"),
)
# Feature → the properties whose test it is.
_GROUPS: dict[str, list[str]] = {
    "css-block-inline-size": ["block-size", "inline-size"],
    "css-inline-size": ["inline-size"],
    "css-border": ["border", *(f"border-{side}" for side in _SIDES), *(f"border-{line}" for line in _LINES)],
    "css-border-inline-block": ["border-inline", "border-block"],
    "css-border-inline-block-individual": [
        *(f"border-{axis}-{line}" for axis in ("inline", "block") for line in _LINES),
        *(f"border-{end}" for end in _ENDS),
    ],
    "css-border-inline-block-longhand": [f"border-{end}-{line}" for end in _ENDS for line in _LINES],
    "css-border-radius": [
        "border-radius",
        *(f"border-{corner}-radius" for corner in ("top-left", "top-right", "bottom-left", "bottom-right")),
    ],
    "css-border-radius-logical": [f"border-{a}-{b}-radius" for a in ("start", "end") for b in ("start", "end")],
    "css-border-image": [f"border-image{part}" for part in ("", "-source", "-slice", "-width", "-outset", "-repeat")],
    "css-column-count": ["column-count"],
    "css-column-layout-properties": [
        *("columns", "column-count", "column-fill", "column-gap", "column-span", "column-width", "column-rule"),
        *(f"column-rule-{line}" for line in _LINES),
    ],
    "css-gap": ["gap", "row-gap", "column-gap", "grid-gap"],
    "css-grid-template": [f"grid-template{part}" for part in ("", "-areas", "-columns", "-rows")],
    "css-inset": ["inset", "inset-block", "inset-inline", *(f"inset-{end}" for end in _ENDS)],
    "css-left-right-top-bottom": list(_SIDES),
    "css-margin": ["margin", *(f"margin-{side}" for side in _SIDES)],
    "css-margin-inline-block": ["margin-inline", "margin-block"],
    "css-margin-block-start-end": ["margin-block-start", "margin-block-end"],
    "css-margin-inline-start-end": ["margin-inline-start", "margin-inline-end"],
    "css-padding": ["padding", *(f"padding-{side}" for side in _SIDES)],
    "css-padding-inline-block": ["padding-inline", "padding-block"],
    "css-padding-block-start-end": ["padding-block-start", "padding-block-end"],
    "css-padding-inline-start-end": ["padding-inline-start", "padding-inline-end"],
    "css-mask-image": ["mask-image", "mask", "-webkit-mask-image", "-webkit-mask"],
    "css-outline": ["outline", *(f"outline-{line}" for line in _LINES)],
    "css-overflow": [f"overflow{part}" for part in ("", "-x", "-y", "-block", "-inline")],
    "css-position": ["position"],
    "css-scroll-snap": [
        *(f"scroll-snap-{part}" for part in ("type", "align", "stop")),
        *("scroll-margin", "scroll-padding"),
    ],
    "css-text-emphasis": ["text-emphasis", "text-emphasis-style", "text-emphasis-color"],
    "css-text-wrap": ["text-wrap", "text-wrap-mode", "text-wrap-style"],
    "css-transform": ["transform", "transform-origin", "rotate", "scale", "translate"],
    "css-flex-wrap": ["flex-wrap", "flex-flow"],
    "css-flex-direction": ["flex-direction", "flex-flow"],
    "css-animation": [f"animation{part}" for part in _TIMED],
    "css-transition": [f"transition{part}" for part in _TIMED],
}


def _by_property() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for feature, names in _GROUPS.items():
        for name in names:
            found[name] = (*found.get(name, ()), feature)
    return found


_FEATURES = _by_property()
_PREFIXES = ("-webkit-", "-moz-", "-ms-", "-o-")


def features_of_property(name: str) -> tuple[str, ...]:
    """Slugs; some of those that are made from the name alone may not exist."""
    if name in _FEATURES:
        return _FEATURES[name]
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            return features_of_property(name.removeprefix(prefix))
    return (f"css-{name}",)
