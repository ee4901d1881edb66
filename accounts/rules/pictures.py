"""Tells pictures by their first bytes: a name or a declared type may lie."""


def kind_of(content: bytes) -> str | None:
    """`png`, `jpeg`, `webp`, or None for everything else, SVG included: it can carry script."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return None
