// MJML with Liquid for CodeMirror: HTML's grammar, MJML's words, marks and completion for merge tags.
import { Decoration, HighlightStyle, MatchDecorator, ViewPlugin, html, htmlLanguage, syntaxHighlighting, tags } from "../../vendor/codemirror/codemirror.min.js";
import { FILTERS, LIQUID_TAGS, TAGS } from "./vocabulary.js";

// Colours come from tokens that know both themes; screens/templates.css names them.
const highlight = HighlightStyle.define([
  { tag: tags.tagName, color: "var(--code-tag)" },
  { tag: tags.angleBracket, color: "var(--ink-3)" },
  { tag: tags.attributeName, color: "var(--ink-2)" },
  { tag: [tags.attributeValue, tags.string], color: "var(--code-value)" },
  { tag: [tags.comment, tags.documentMeta], color: "var(--ink-3)", fontStyle: "italic" },
  { tag: [tags.keyword, tags.propertyName, tags.className], color: "var(--code-tag)" },
  { tag: [tags.number, tags.color, tags.unit], color: "var(--code-value)" },
  { tag: tags.invalid, color: "var(--bad)" },
]);

const liquid = new MatchDecorator({
  regexp: /\{\{.*?\}\}|\{%.*?%\}/g,
  decoration: (match) => Decoration.mark({ class: match[0].startsWith("{{") ? "cm-merge-tag" : "cm-liquid-tag" }),
});
const marks = ViewPlugin.fromClass(
  class {
    constructor(view) { this.decorations = liquid.createDeco(view); }
    update(update) { this.decorations = liquid.updateDeco(update, this.decorations); }
  },
  { decorations: (plugin) => plugin.decorations },
);

// Brackets close themselves while typing, so what stands behind the cursor may be there already.
function insertBefore(closing) {
  return (view, completion, from, to) => {
    const behind = view.state.sliceDoc(to, to + 3).match(new RegExp(`^\\s?${closing}`));
    const insert = `${completion.label} ${closing}`;
    const end = to + (behind?.[0].length ?? 0);
    view.dispatch({ changes: { from, to: end, insert }, selection: { anchor: from + insert.length }, userEvent: "input.complete" });
  };
}

function completeLiquid(mergeTags) {
  const values = mergeTags.map((label) => ({ label, type: "variable", apply: insertBefore("}}") }));
  const inTags = mergeTags.map((label) => ({ label, type: "variable" }));
  const names = LIQUID_TAGS.map((label) => ({ label, type: "keyword" }));
  const filters = FILTERS.map((label) => ({ label, type: "function" }));
  return (context) => {
    const before = context.matchBefore(/\{[{%][^{}%]*$/);
    if (!before) return null;
    const typed = before.text.match(/[\w.]*$/)[0];
    const from = context.pos - typed.length;
    const earlier = before.text.slice(2, before.text.length - typed.length);
    if (/\|\s*$/.test(earlier)) return { from, options: filters, validFor: /^\w*$/ };
    if (before.text.startsWith("{{")) return earlier.trim() ? null : { from, options: values, validFor: /^[\w.]*$/ };
    if (!earlier.replace("-", "").trim()) return { from, options: names, validFor: /^\w*$/ };
    return { from, options: inTags, validFor: /^[\w.]*$/ };
  };
}

export function mjmlWithLiquid(mergeTags) {
  return [
    html({ extraTags: TAGS, selfClosingTags: true, matchClosingTags: true }),
    htmlLanguage.data.of({ autocomplete: completeLiquid(mergeTags) }),
    syntaxHighlighting(highlight),
    marks,
  ];
}
