// What the template editor needs of CodeMirror 6, as one file; VENDOR.md says how it is built.
export { basicSetup } from "codemirror";
export { Compartment, EditorSelection, EditorState, RangeSetBuilder, StateEffect, StateField } from "@codemirror/state";
export { Decoration, EditorView, MatchDecorator, ViewPlugin, keymap } from "@codemirror/view";
export { HighlightStyle, indentUnit, syntaxHighlighting, syntaxTree } from "@codemirror/language";
export { autocompletion, completeFromList, snippetCompletion } from "@codemirror/autocomplete";
export { indentWithTab, redo, undo } from "@codemirror/commands";
export { html, htmlLanguage, htmlCompletionSource } from "@codemirror/lang-html";
export { forceLinting, lintGutter, linter, openLintPanel, setDiagnostics } from "@codemirror/lint";
export { openSearchPanel } from "@codemirror/search";
export { tags } from "@lezer/highlight";
