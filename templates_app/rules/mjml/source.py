"""Reads MJML as its author wrote it: finds mistakes by line, and makes it digestible for the compiler."""

import re
from dataclasses import dataclass, field
from difflib import get_close_matches

from templates_app.errors import Problem, TemplateErrors
from templates_app.rules.liquid.placeholders import Placeholders
from templates_app.rules.mjml import vocabulary

_MARKUP = re.compile(
    r"<!--.*?-->|<\?.*?\?>|<!doctype[^>]*>"
    r"|<(?P<closes>/?)(?P<name>[A-Za-z][\w:.-]*)(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?)(?P<empty>/?)>",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""\s*([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+))?""")
# Stands for "<!--" while every other "<" of a text is escaped.
_SAFE_COMMENT = "\0comment\0"
_LONE_BREAK = re.compile(rf"(?:(?<=^)|(?<=-->))[ \t]*\n\s*(?=$|{_SAFE_COMMENT})")
_TAG_NAME = re.compile(r"\{%-?\s*(\w+)")
_BLOCKS = ("if", "unless", "case", "for", "capture")
_BROKEN_TAG = re.compile(r"</?[A-Za-z!]")


@dataclass(slots=True)
class Prepared:
    """MJML for the compiler, and what was taken out of it."""

    mjml: str
    lang: str = ""
    direction: str = ""
    background: str = ""
    inline_css: list[str] = field(default_factory=list)


def prepare(guarded: str, placeholders: Placeholders, *, keep_preview: bool) -> Prepared:
    """Checks MJML in which Liquid is hidden, and wraps Liquid between components in mj-raw. Raises TemplateErrors."""
    reader = _Reader(guarded, placeholders, keep_preview)
    if "sw-footer" in guarded:
        message = "“sw-footer” is the name of the legal footer, which templates cannot style."
        reader.problem(message, "Use another class name.", guarded.count("\n", 0, guarded.index("sw-footer")) + 1)
    reader.read()
    if reader.problems:
        raise TemplateErrors(reader.problems)
    return reader.prepared()


@dataclass(slots=True)
class _Open:
    name: str
    line: int
    attributes: dict[str, str]


class _Reader:
    def __init__(self, guarded: str, placeholders: Placeholders, keep_preview: bool) -> None:
        self.guarded, self.placeholders, self.keep_preview = guarded, placeholders, keep_preview
        self.problems: list[Problem] = []
        self.stack: list[_Open] = []
        self.out: list[str] = []
        self.inline_css: list[str] = []
        self.root: dict[str, str] = {}
        self.body: dict[str, str] = {}
        self.blocks: list[tuple[str, str, int, int]] = []

    def prepared(self) -> Prepared:
        return Prepared(
            mjml="".join(self.out),
            lang=self.root.get("lang", ""),
            direction=self.root.get("dir", ""),
            background=self.body.get("background-color", ""),
            inline_css=self.inline_css,
        )

    def read(self) -> None:
        position = 0
        for found in _MARKUP.finditer(self.guarded):
            self._text(self.guarded[position : found.start()], position)
            position = found.end()
            if not found["name"]:
                self._aside(found[0])
            elif not self._tag(found):
                return
        self._text(self.guarded[position:], position)
        if self.stack:
            last = self.stack[-1]
            self.problem(f"<{last.name}> is never closed.", f"Write </{last.name}> where it ends.", last.line)
        elif not self.problems and not self.root and "<mjml" not in self.guarded:
            self.problem("This is not MJML: there is no <mjml> tag.", "Begin with <mjml><mj-body>.", 1)

    def _aside(self, markup: str) -> None:
        # Only comments inside content are the author's message to mail clients; between components they are notes.
        if markup.startswith("<!--") and self._parent() not in (*vocabulary.CHILDREN, "", "mj-attributes"):
            self.out.append(markup)

    def _parent(self) -> str:
        return self.stack[-1].name if self.stack else ""

    def _line(self, position: int) -> int:
        return self.placeholders.source_before(self.guarded[:position]).count("\n") + 1

    def problem(self, message: str, advice: str, line: int) -> None:
        self.problems.append(Problem(message, advice, line))

    def _tag(self, found: re.Match[str]) -> bool:
        name = found["name"] if found["name"].startswith("mj") else found["name"].lower()
        line = self._line(found.start())
        if found["closes"]:
            return self._close(name, line)
        attributes = self._attributes(name, found["attributes"], line)
        self._check_place(name, attributes, line)
        if name == "mjml":
            self.root = attributes
        elif name == "mj-body":
            self.body = attributes
        is_leaf = bool(found["empty"]) or name in vocabulary.VOID
        if not (name == "mj-preview" and not self.keep_preview):
            written = "".join(f' {key}="{value}"' for key, value in attributes.items())
            self.out.append(f"<{name}{written}{' /' if is_leaf else ''}>")
        if not is_leaf:
            self.stack.append(_Open(name, line, attributes))
        return True

    def _close(self, name: str, line: int) -> bool:
        if name in vocabulary.VOID:
            return True
        if not self.stack or self.stack[-1].name != name:
            if self.stack:
                top = self.stack[-1]
                message = f"</{name}> stands where <{top.name}> of line {top.line} is still open."
                self.problem(message, f"Write </{top.name}> first.", line)
            else:
                self.problem(f"</{name}> closes nothing.", "Remove it.", line)
            return False
        self.stack.pop()
        if not (name == "mj-preview" and not self.keep_preview):
            self.out.append(f"</{name}>")
        return True

    def _attributes(self, name: str, written: str, line: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        position = 0
        written = written.rstrip()
        while position < len(written):
            found = _ATTRIBUTE.match(written, position)
            if not found:
                self.problem(f"The attributes of <{name}> cannot be read.", 'Write each as name="value".', line)
                break
            position = found.end()
            value = found[2] or '""'
            value = value[1:-1] if value[0] in "\"'" else value
            attributes.setdefault(found[1], value.replace('"', "&quot;"))
        return attributes

    def _check_place(self, name: str, attributes: dict[str, str], line: int) -> None:
        parent = self._parent()
        if name.startswith("mj") and name not in vocabulary.TAGS:
            close = get_close_matches(name, vocabulary.TAGS, n=1)
            advice = f"Did you mean <{close[0]}>?" if close else "Compare with the list at documentation.mjml.io."
            if name == "mj-include":
                advice = "Sendwell reads no files: paste what it includes."
            self.problem(f"<{name}> is not an MJML tag.", advice, line)
        elif name == "mj-html-attributes":
            self.problem(
                "<mj-html-attributes> is not supported.", "Write the attributes into HTML inside mj-raw.", line
            )
        elif name in vocabulary.REFUSED:
            self.problem(f"<{name}> does not work in mail.", "Remove it; link to a page that has it.", line)
        elif parent in vocabulary.CHILDREN and name not in vocabulary.CHILDREN[parent]:
            self._misplaced(name, parent, line)
        elif not parent and name != "mjml":
            self.problem(f"<{name}> stands outside <mjml>.", "Begin with <mjml> and end with </mjml>.", line)
        for key, value in attributes.items():
            if key.lower().startswith("on") and not name.startswith("mj"):
                self.problem(f"{key} does not work in mail: no client runs scripts.", "Remove it.", line)
            if value.strip().lower().startswith(("javascript:", "vbscript:")):
                self.problem("A script link does not work in mail.", "Link to a page instead.", line)
            if not self._is_whole(value):
                advice = "Let each block begin and end inside the same quotation marks."
                self.problem(f"Liquid crosses the border of the attribute {key}.", advice, line)

    def _is_whole(self, text: str) -> bool:
        depth = 0
        for piece in self.placeholders.pattern.finditer(text):
            name = self._tag_name(piece)
            depth += (name in _BLOCKS) - name.startswith("end")
            if depth < 0 or (depth == 0 and name in ("else", "elsif", "when")):
                return False
        return depth == 0

    def _tag_name(self, piece: re.Match[str]) -> str:
        found = _TAG_NAME.match(self.placeholders.original(piece))
        return found[1] if found else ""

    def _misplaced(self, name: str, parent: str, line: int) -> None:
        homes = sorted(home for home, children in vocabulary.CHILDREN.items() if name in children)
        if homes:
            advice = f"Put it into {' or '.join(f'<{home}>' for home in homes)}."
        else:
            advice = "Put it into <mj-text>, or into <mj-raw> to send it as it is."
        self.problem(f"<{name}> cannot stand directly in <{parent}>.", advice, line)

    def _text(self, text: str, position: int) -> None:
        parent = self._parent()
        if parent not in vocabulary.PLAIN_TEXT and (broken := _BROKEN_TAG.search(text)):
            advice = "Check its quotation marks, and write &lt; for a less-than sign."
            self.problem("A tag is not closed here.", advice, self._line(position + broken.start()))
            return
        if parent == "mj-style" and self.stack[-1].attributes.get("inline") == "inline":
            self.inline_css.append(text)
            return
        if parent == "mj-preview" and not self.keep_preview:
            return
        for piece in self.placeholders.pattern.finditer(text):
            if self.placeholders.is_control(piece):
                self._follow_block(piece, self._line(position + piece.start()))
        if parent in vocabulary.PLAIN_TEXT:
            self.out.append(text)
            return
        between = parent in vocabulary.CHILDREN or parent in ("", "mj-attributes")
        if between:
            # Text between components means nothing to MJML; only the Liquid in it goes on.
            pieces = self.placeholders.pattern.finditer(text)
            self.out.append("\n" * text.count("\n"))
            self.out += [self._between(piece, self._line(position + piece.start())) for piece in pieces]
            return
        self.out.append(self._content(self.placeholders.pattern.sub(self._inside, text)))

    def _content(self, text: str) -> str:
        # mrml drops white space that holds a line break and stands alone between tags: words would grow together.
        in_pre = any(tag.name == "pre" for tag in self.stack)
        text = _LONE_BREAK.sub(lambda found: found[0].replace("\n", "&#10;") if in_pre else " ", text)
        return text.replace("<", "&lt;").replace(_SAFE_COMMENT, "<!--")

    def _inside(self, piece: re.Match[str]) -> str:
        return f"{_SAFE_COMMENT}{piece[0][:-1]}-->" if self.placeholders.is_control(piece) else piece[0]

    def _between(self, piece: re.Match[str], line: int) -> str:
        parent = self._parent()
        if not self.placeholders.is_control(piece):
            self.problem("Text cannot stand between components.", "Put the merge tag into <mj-text>.", line)
        elif parent not in vocabulary.CARRIES_LIQUID:
            where = f"<{parent}>" if parent else "<mjml>"
            advice = "Put it around the whole component, or into its text or attributes."
            self.problem(f"Liquid cannot stand between the parts of {where}.", advice, line)
        # mj-wrapper writes its mj-raw into a comment for Outlook, where a comment of ours would end it.
        return f"<mj-raw>{piece[0] if parent == 'mj-wrapper' else f'<!--{piece[0][:-1]}-->'}</mj-raw>"

    def _follow_block(self, piece: re.Match[str], line: int) -> None:
        """A block that begins in one component and ends in another would leave half a table behind."""
        name = self._tag_name(piece)
        around = [tag.name for tag in self.stack if tag.name.startswith("mj")]
        home, depth = around[-1] if around else "mjml", len(around)
        if name in _BLOCKS:
            self.blocks.append((name, home, depth, line))
        elif name.startswith("end") and self.blocks:
            opened, begun_in, begun_depth, opened_line = self.blocks.pop()
            if (begun_in, begun_depth) != (home, depth):
                message = f"{{% {opened} %}} of line {opened_line} begins in <{begun_in}> and ends in <{home}>."
                self.problem(message, "Let it begin and end in the same component.", line)
