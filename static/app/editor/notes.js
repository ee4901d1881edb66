// Notes below the editor's head: what happened, what we did, and buttons for what you can do.
export class Notes {
  constructor(place) {
    this.place = place;
  }

  // `actions` are [words, function or address]; a later note of the same name takes the earlier one's place.
  show(name, kind, text, actions = []) {
    const shown = this.place.querySelector(`[data-note="${name}"]`);
    if (shown?.dataset.text === text) return;
    const note = document.createElement("div");
    note.className = `editor-note ${kind}`;
    note.dataset.note = name;
    note.dataset.text = text;
    const words = document.createElement("p");
    words.textContent = text;
    note.append(words, ...actions.map(([label, action]) => button(label, action)));
    if (kind === "info" || kind === "ok") note.append(button("×", () => note.remove(), note.ownerDocument.querySelector("#toasts")?.dataset.dismissLabel));
    if (shown) shown.replaceWith(note);
    else this.place.append(note);
  }

  clear(name) {
    this.place.querySelector(`[data-note="${name}"]`)?.remove();
  }
}

function button(label, action, name) {
  const element = document.createElement(typeof action === "string" ? "a" : "button");
  element.className = "button compact";
  element.textContent = label;
  if (name) element.setAttribute("aria-label", name);
  if (typeof action === "string") Object.assign(element, { href: action, target: "_blank", rel: "noopener" });
  else {
    element.type = "button";
    element.addEventListener("click", action);
  }
  return element;
}
