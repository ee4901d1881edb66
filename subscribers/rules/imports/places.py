"""Where the reports of an import stand."""

from pathlib import Path


def reports_beside(rejects_path: Path) -> dict[str, Path]:
    """The files by what they list: rejects, kept-out and left-out."""
    stem = rejects_path.stem.removesuffix("-rejects")
    others = {name: rejects_path.with_name(f"{stem}-{name}.csv") for name in ("kept-out", "left-out")}
    return {"rejects": rejects_path, **others}
