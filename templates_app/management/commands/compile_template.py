"""Compiles MJML files outside the product: in an editor, in a pipeline. Needs no database."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from templates_app.errors import Problem, TemplateErrors
from templates_app.services.compilation import compile_content, portable_html, portable_text
from templates_app.types import CompiledContent, FooterFacts


class Command(BaseCommand):
    help = "Compiles MJML files with Liquid to HTML and plain text, and lists their merge tags or their mistakes."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE.mjml")
        parser.add_argument(
            "--output", type=Path, default=Path(), help="folder for FILE.html and FILE.txt (default: .)"
        )
        parser.add_argument("--subject", default="", help="for the HTML's title; may hold Liquid")
        parser.add_argument("--preheader", default="", help="instead of the file's mj-preview")
        parser.add_argument("--organisation", help="adds the footer, together with --postal-address")
        parser.add_argument("--postal-address", help="the sender's address; write \\n between lines")
        parser.add_argument("--json", action="store_true", help="one line of JSON per file")

    def handle(self, *args: Any, **options: Any) -> None:
        footer = _footer(options["organisation"], options["postal_address"])
        texts = {"subject": options["subject"], "preheader": options["preheader"], "organisation": footer}
        results = [self._compile(path, options["output"], texts, options["json"]) for path in options["files"]]
        if not all(results):
            failed = results.count(False)
            raise CommandError(f"{failed} of {len(results)} files did not compile. Nothing was written for them.")

    def _compile(self, path: Path, output: Path, texts: dict[str, Any], as_json: bool) -> bool:
        content, problems = None, []
        try:
            content = compile_content(source=path.read_text(encoding="utf-8"), **texts)
            written = _write(content, output, path.stem)
        except TemplateErrors as errors:
            problems, written = errors.problems, []
        except UnicodeDecodeError:
            problems, written = [Problem("The file is not UTF-8.", "Save it as UTF-8.")], []
        except OSError as error:
            problems, written = [Problem(f"{error.strerror}: {error.filename}.", "Check the path.")], []
        if as_json:
            self._print_json(path, content, problems, written)
        else:
            self._print(path, content, problems, written)
        return not problems

    def _print_json(
        self, path: Path, content: CompiledContent | None, problems: list[Problem], written: list[str]
    ) -> None:
        result = {
            "file": str(path),
            "compiled": not problems,
            "written": written,
            "merge_tags": list(content.merge_tags) if content else [],
            "links": list(content.links) if content else [],
            "problems": [asdict(problem) for problem in problems],
        }
        self.stdout.write(json.dumps(result, ensure_ascii=False))

    def _print(self, path: Path, content: CompiledContent | None, problems: list[Problem], written: list[str]) -> None:
        for problem in problems:
            place = f"{path}:{problem.line}" if problem.line else str(path)
            self.stderr.write(f"{place}: {problem.message} {problem.advice}".rstrip())
        if content and not problems:
            tags = ", ".join(content.merge_tags) or "none"
            self.stdout.write(f"{path}: {' and '.join(written)} written; merge tags: {tags}")


def _footer(organisation: str | None, postal_address: str | None) -> FooterFacts | None:
    if bool(organisation) != bool(postal_address):
        raise CommandError("The footer needs both --organisation and --postal-address. Nothing was compiled.")
    if not organisation or not postal_address:
        return None
    return FooterFacts(organisation, postal_address.replace("\\n", "\n"))


def _write(content: CompiledContent, output: Path, name: str) -> list[str]:
    output.mkdir(parents=True, exist_ok=True)
    html, text = output / f"{name}.html", output / f"{name}.txt"
    html.write_text(portable_html(content), encoding="utf-8")
    text.write_text(portable_text(content), encoding="utf-8")
    return [str(html), str(text)]
