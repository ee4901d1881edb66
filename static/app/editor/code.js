// The code pane: CodeMirror in our colours, with what the server found written into its margin.
import { EditorState, EditorView, basicSetup, indentUnit, indentWithTab, keymap, lintGutter, redo, setDiagnostics, undo } from "../../vendor/codemirror/codemirror.min.js";
import { mjmlWithLiquid } from "./language.js";

const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--surface)", fontSize: "13px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--ink)", paddingBlock: "8px" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  ".cm-gutters": { color: "var(--ink-3)", backgroundColor: "var(--surface)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--code-line)" },
  ".cm-activeLineGutter": { color: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, .cm-content ::selection": { backgroundColor: "var(--code-selection)" },
  ".cm-selectionMatch": { backgroundColor: "var(--code-match)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--code-match)", outline: "1px solid var(--line-strong)" },
  ".cm-merge-tag, .cm-liquid-tag": { padding: "1px 0", borderRadius: "3px", color: "var(--accent)", backgroundColor: "var(--accent-soft)" },
  ".cm-merge-tag *, .cm-liquid-tag *": { color: "inherit !important" },
  ".cm-foldPlaceholder": { color: "var(--ink-2)", backgroundColor: "var(--inset)", borderColor: "var(--line)" },
  ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--surface)", border: "1px solid var(--line)", borderRadius: "6px", boxShadow: "var(--shadow)" },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "240px" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "4px 8px !important" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { color: "var(--accent)", backgroundColor: "var(--accent-soft)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-diagnostic": { padding: "8px 12px", maxWidth: "52ch", fontFamily: "var(--font)", whiteSpace: "pre-wrap" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
  ".cm-panels": { color: "var(--ink)", backgroundColor: "var(--inset)", borderColor: "var(--line)" },
  ".cm-panel.cm-search": { padding: "8px", fontFamily: "var(--font)" },
  ".cm-textfield": { color: "var(--ink)", backgroundColor: "var(--surface)", border: "1px solid var(--line-strong)", borderRadius: "6px", fontSize: "13px" },
  ".cm-button": { color: "var(--ink)", backgroundColor: "var(--surface)", backgroundImage: "none", border: "1px solid var(--line-strong)", borderRadius: "6px", fontSize: "13px" },
});

export function openCode({ parent, config, label, onChange, onLeaving }) {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: config.source,
      extensions: [
        basicSetup,
        keymap.of([indentWithTab]),
        wayOut(onLeaving),
        indentUnit.of("  "),
        mjmlWithLiquid(config.tags),
        lintGutter(),
        theme,
        EditorView.lineWrapping,
        EditorView.cspNonce.of(config.nonce),
        // It can be tabbed to anyhow; the attribute says so to what judges the scrolling box around it.
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0" }),
        EditorState.readOnly.of(!config.canEdit),
        EditorView.updateListener.of((update) => update.docChanged && onChange()),
      ],
    }),
  });
  return {
    view,
    text: () => view.state.doc.toString(),
    replace: (text) => replace(view, text),
    insert: (text) => insert(view, text),
    goTo: (line) => goTo(view, line),
    mark: (problems) => mark(view, problems),
    undo: () => undo(view),
    redo: () => redo(view),
    focus: () => view.focus(),
  };
}

// Escape, then Tab leaves the code, as the hint below it says. CodeMirror's own way out closes by itself after two
// seconds, and a completion that is about to open swallows the key: ours stays open until somebody writes on.
function wayOut(onLeaving) {
  const set = (view, isOpen) => {
    view.setTabFocusMode(isOpen);
    onLeaving(isOpen);
  };
  return EditorView.domEventObservers({
    keydown(event, view) {
      if (event.key === "Escape") set(view, true);
      else if (!["Tab", "Shift", "Control", "Alt", "Meta"].includes(event.key)) set(view, false);
    },
    mousedown: (event, view) => set(view, false),
    blur: (event, view) => set(view, false),
  });
}

// Changes only what differs, so that the cursor and the scroll position stay, and undo is one step.
function replace(view, text) {
  const old = view.state.doc.toString();
  let start = 0;
  while (start < old.length && start < text.length && old[start] === text[start]) start++;
  let oldEnd = old.length;
  let end = text.length;
  while (oldEnd > start && end > start && old[oldEnd - 1] === text[end - 1]) { oldEnd--; end--; }
  if (start === oldEnd && start === end) return;
  // An event of its own, which undo never joins with the typing before it.
  view.dispatch({ changes: { from: start, to: oldEnd, insert: text.slice(start, end) }, userEvent: "replace" });
}

function insert(view, text) {
  view.dispatch(view.state.replaceSelection(text), { userEvent: "input", scrollIntoView: true });
  view.focus();
}

function lineAt(view, number) {
  return view.state.doc.line(Math.min(Math.max(1, number), view.state.doc.lines));
}

function goTo(view, number) {
  view.dispatch({ selection: { anchor: lineAt(view, number).from }, effects: EditorView.scrollIntoView(lineAt(view, number).from, { y: "center" }) });
  view.focus();
}

function mark(view, problems) {
  const diagnostics = problems.filter((problem) => problem.field === "source" && problem.line).map((problem) => {
    const line = lineAt(view, problem.line);
    const from = Math.min(line.from + line.text.search(/\S|$/), line.to);
    return { from, to: line.to, severity: problem.severity, message: `${problem.message}\n${problem.advice}`.trim() };
  });
  view.dispatch(setDiagnostics(view.state, diagnostics.sort((one, other) => one.from - other.from)));
}
