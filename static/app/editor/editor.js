// The template editor: code on one side, the mail it makes on the other, saved as you type.
import { openCode } from "./code.js";
import { Notes } from "./notes.js";
import { peoplePicker } from "./people.js";
import { Preview } from "./preview.js";
import { showProblems, showStale } from "./problems.js";
import { ask, fill, post } from "./request.js";
import { Saver } from "./saving.js";

const find = (selector) => document.querySelector(selector);
const config = JSON.parse(find("#editor-config").textContent);
const words = JSON.parse(find("#editor-words").textContent);
const notes = new Notes(find("#notes"));
const fields = { subject: find("#subject"), preheader: find("#preheader") };

const code = openCode({ parent: find("#code"), config, label: words.codeLabel, onChange: changed, onLeaving: showWayOut });
const read = () => ({ source: code.text(), subject: fields.subject.value, preheader: fields.preheader.value });

function replace(content) {
  code.replace(content.source);
  fields.subject.value = content.subject;
  fields.preheader.value = content.preheader;
  preview?.changed();
}

function showWayOut(isOpen) {
  find("#way-out").hidden = !isOpen;
  find("#way-in").hidden = isOpen;
}

function status(text, kind) {
  const element = find("#status");
  if (element.textContent !== text) element.textContent = text;
  element.dataset.kind = kind;
}

// Whoever cannot save here takes the text along into a template of its own.
function saveCopy() {
  const form = find("#copy-form");
  const name = `${find("#template-name").value.slice(0, 100)} (copy)`;
  for (const [key, value] of Object.entries({ ...read(), name })) {
    const input = Object.assign(document.createElement("input"), { type: "hidden", name: key, value });
    form.append(input);
  }
  localStorage.removeItem(saver.key);
  form.submit();
}

const people = peoplePicker({ config, words, onPick: (person) => { preview.person = person; preview.now(); } });
const preview = new Preview({
  config,
  words,
  read,
  onBranches: people.showBranches,
  onProblems: (problems, mail) => {
    code.mark(problems);
    showStale(mail ? problems : [], words);
    showProblems(problems, { words, hasPreview: Boolean(mail), goTo: code.goTo });
    saver.hasMistakes = problems.some((problem) => problem.severity === "error");
  },
});
const saver = new Saver({ config, words, read, replace, status, notes, copy: saveCopy });

function changed() {
  saver?.changed();
  preview?.changed();
}

Object.values(fields).forEach((field) => field.addEventListener("input", changed));
saver.begin();
addEventListener("online", () => preview.now());
preview.now();

find("#undo")?.addEventListener("click", code.undo);
find("#redo")?.addEventListener("click", code.redo);

// Merge tags by mouse: the select works as a menu and forgets its choice.
const insertTag = find("#insert-tag");
if (insertTag) {
  insertTag.append(...config.tags.map((tag) => new Option(tag, tag)));
  insertTag.addEventListener("change", () => {
    const fallback = insertTag.value === "contact.first_name" ? ' | default: "there"' : "";
    code.insert(`{{ ${insertTag.value}${fallback} }}`);
    insertTag.value = "";
  });
}

const name = find("#template-name");
let knownName = name.value;
name.addEventListener("keydown", (event) => {
  if (event.key === "Enter") name.blur();
  if (event.key === "Escape") name.value = knownName;
});
name.addEventListener("change", async () => {
  const response = await post(config.urls.rename, { name: name.value }).catch(() => null);
  const answer = await response?.json().catch(() => null);
  if (response?.ok) {
    knownName = name.value = answer.name;
    document.title = document.title.replace(/^.*(?= · )/, () => answer.name);
    notes.clear("name");
  } else notes.show("name", "bad", answer?.words ?? words.offlineNote);
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    event.preventDefault();
    saver.now().then((isSaved) => isSaved && saver.tell());
  }
});

document.addEventListener("click", async (event) => {
  const tab = event.target.closest("[data-tab-choice]");
  if (tab) {
    find("#editor").dataset.tab = tab.dataset.tabChoice;
    document.querySelectorAll("[data-tab-choice]").forEach((other) => other.setAttribute("aria-pressed", String(other === tab)));
  }
  // Versions and tests show what stands here, so it is saved first; a test never sends anything older.
  const opener = event.target.closest("[data-after-save]");
  if (opener && ((await saver.now()) || opener.dataset.afterSave === "try")) opener.dispatchEvent(new CustomEvent("saved"));
  const restore = event.target.closest("[data-restore]");
  if (restore) {
    const response = await ask(restore.dataset.restore).catch(() => null);
    if (!response?.ok) return notes.show("restore", "bad", words.failedNote);
    replace(await response.json());
    document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
    notes.show("restore", "ok", fill(words.restored, { n: restore.dataset.number }));
    code.focus();
  }
  const leaving = event.target.closest("#done, #back");
  if (leaving && saver.isDirty && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    // What cannot be saved is said in a note, and the page stays.
    if (await saver.now()) location.assign(leaving.href);
  }
});
