// The setup page: saves itself, shows the inbox line while somebody types, and leads from the checklist to each field.
import { Notes } from "../editor/notes.js";
import { FieldSaver } from "./saving.js";

const find = (selector) => document.querySelector(selector);
const config = JSON.parse(find("#setup-config").textContent);
const words = JSON.parse(find("#setup-words").textContent);
const form = find("#setup");
const notes = new Notes(find("#notes"));

// A field is what is saved under its name; the time is "" while it is to be sent at once.
const fields = new Map([...form.querySelectorAll("[data-field]")].map((element) => [element.name, element]));
const clock = fields.get("send_at");
fields.set("send_at", {
  // The server fills the clock only for a campaign that has a time.
  get defaultValue() {
    return clock.defaultValue;
  },
  get value() {
    return form.elements.when.value === "later" ? clock.value : "";
  },
  set value(text) {
    if (text) clock.value = text;
    form.elements.when.value = text ? "later" : "now";
  },
});

// Any number of lists or segments is one field: the ids that are ticked, in the order of the page.
for (const pick of form.querySelectorAll("[data-picks]")) {
  const boxes = [...pick.querySelectorAll("input[type=checkbox]")];
  const said = pick.querySelector(".picks-said");
  const none = said.dataset.none;
  fields.set(pick.dataset.picks, {
    defaultValue: boxes.filter((box) => box.defaultChecked).map((box) => box.value).join(","),
    get value() {
      return boxes.filter((box) => box.checked).map((box) => box.value).join(",");
    },
    set value(text) {
      const chosen = text.split(",");
      for (const box of boxes) box.checked = chosen.includes(box.value);
      this.show();
    },
    show() {
      said.textContent = this.names(this.value) || none;
      said.classList.toggle("muted", !this.value);
    },
    names(text) {
      const chosen = text.split(",");
      return boxes.filter((box) => chosen.includes(box.value)).map((box) => box.labels[0].textContent.trim()).join(", ");
    },
  });
}
const AUDIENCE = ["mailing_list", "more_lists", "segments", "without_lists", "without_segments", "priority", "stream"];

const saver = new FieldSaver({
  config,
  words,
  fields,
  notes,
  status(text, kind) {
    const element = find("#status");
    if (element.textContent !== text) element.textContent = text;
    element.dataset.kind = kind;
  },
  onSaved(names, answer) {
    find("#title").textContent = fields.get("name").value || find("#title").textContent;
    find("#inbox-subject").textContent = answer.inbox[0] || words.noSubject;
    find("#inbox-preheader").textContent = answer.inbox[1];
    form.elements.revision.value = answer.revision;
    document.body.dispatchEvent(new Event("campaign-saved"));
    if (names.some((name) => AUDIENCE.includes(name))) document.body.dispatchEvent(new Event("list-saved"));
  },
  onClash: showClash,
  onOthers(others) {
    for (const other of others) say(other.field, "info", other.words);
    showAll();
    document.body.dispatchEvent(new Event("campaign-saved"));
    if (others.some((other) => AUDIENCE.includes(other.field))) document.body.dispatchEvent(new Event("list-saved"));
  },
  onProblems(names, problems) {
    for (const name of [...names, ...Object.keys(problems)]) {
      const element = form.querySelector(`[name="${name}"]`);
      element?.toggleAttribute("aria-invalid", false);
      if (problems[name]) {
        element?.setAttribute("aria-invalid", "true");
        say(name, "bad", problems[name]);
      } else box(name)?.querySelector(".field-note.bad")?.remove();
    }
  },
});

function box(name) {
  return form.querySelector(`[data-box="${name}"]`);
}

function say(name, kind, text) {
  const place = box(name);
  if (!place) return;
  place.querySelector(".field-note")?.remove();
  const note = document.createElement("p");
  note.className = `field-note ${kind}`;
  note.setAttribute("role", kind === "bad" ? "alert" : "status");
  note.textContent = text;
  place.append(note);
}

// Theirs beside yours, under the field itself.
function showClash(clash) {
  const place = box(clash.field);
  place.querySelector(".field-note, .clash")?.remove();
  const note = document.createElement("div");
  note.className = "clash";
  note.setAttribute("role", "alert");
  const title = document.createElement("p");
  title.textContent = `${clash.words} ${words.clashNote}`;
  note.append(title, side(words.theirs, label(clash.field, clash.value)), side(words.yours, label(clash.field, fields.get(clash.field).value)));
  const buttons = document.createElement("div");
  buttons.className = "row";
  buttons.append(choice(words.useTheirs, true), choice(words.keepMine, false));
  note.append(buttons);
  place.append(note);

  function choice(text, theirs) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button compact", textContent: text });
    button.addEventListener("click", () => {
      note.remove();
      saver.settle(clash.field, { theirs });
      showAll();
      form.querySelector(`[name="${clash.field}"]`)?.focus();
    });
    return button;
  }
}

function side(title, text) {
  const line = document.createElement("p");
  const strong = document.createElement("strong");
  strong.textContent = `${title}: `;
  line.append(strong, text || words.empty);
  return line;
}

function label(name, value) {
  if (fields.get(name)?.names) return fields.get(name).names(value);
  const element = form.querySelector(`select[name="${name}"]`);
  return element ? [...element.options].find((option) => option.value === value)?.textContent ?? value : value;
}

function showAll() {
  const sender = fields.get("from_name").value;
  find("#inbox-from").textContent = sender || words.noSender;
  find("#inbox-initial").textContent = (sender || "?").slice(0, 1).toUpperCase();
  find("#subject-length").textContent = fields.get("subject").value.length;
  for (const field of fields.values()) field.show?.();
  showTemplate();
}

function showTemplate() {
  const key = fields.get("template").value;
  const edit = find("#edit-template");
  edit.classList.toggle("gone", !key);
  if (key) edit.href = edit.href.replace(/^[^?]*/, edit.dataset.pattern.replace(/0$/, key));
  const thumb = find("#thumb");
  const source = thumb.dataset.source.replace("/0/", `/${key}/`);
  const frame = thumb.querySelector("iframe");
  if (!key || frame?.getAttribute("src") === source) return;
  const made = document.createElement("iframe");
  for (const [name, value] of Object.entries({ src: source, sandbox: "allow-same-origin", tabindex: "-1", "aria-hidden": "true", title: "", scrolling: "no" })) made.setAttribute(name, value);
  thumb.replaceChildren(made);
}

form.addEventListener("input", (event) => {
  const name = event.target.name;
  if (name === "subject") find("#inbox-subject").textContent = event.target.value || words.noSubject;
  if (name === "preheader") find("#inbox-preheader").textContent = event.target.value;
  if (name === "send_at") form.elements.when.value = "later";
  showAll();
  saver.changed();
});
form.addEventListener("submit", (event) => event.preventDefault());
// Left fields are saved at once: whoever goes on to the next one should read "Saved".
form.addEventListener("change", () => saver.now());

// Whatever leads away or sends waits until everything that stands on the page is on the server.
document.addEventListener("click", async (event) => {
  const opener = event.target.closest("a[data-after-save], button[data-after-save]");
  if (opener?.tagName === "BUTTON") {
    if (await saver.now()) opener.dispatchEvent(new CustomEvent("saved"));
    return;
  }
  if (opener && saver.isDirty && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    if (!(await saver.now())) return;
    if (opener.target === "_blank") window.open(opener.href, "_blank", "noopener");
    else location.assign(opener.href);
  }
  const focus = event.target.closest("[data-focus]");
  if (focus) {
    const field = document.getElementById(focus.dataset.focus);
    if (!field) return;
    event.preventDefault();
    document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
    field.focus();
    field.scrollIntoView({ block: "center" });
  }
});
document.addEventListener("submit", async (event) => {
  if (!event.target.matches("form[data-after-save]")) return;
  event.preventDefault();
  if (await saver.now()) event.target.dispatchEvent(new CustomEvent("saved"));
});

// Whoever comes back from making a template has chosen it; a reload is no choice.
if (config.canEdit && config.template) {
  if (form.querySelector(`#f-template option[value="${CSS.escape(config.template)}"]`)) fields.get("template").value = config.template;
  history.replaceState(null, "", location.pathname + location.hash);
}
saver.begin();
showAll();
if (location.hash) document.getElementById(location.hash.slice(1))?.focus();
