// The segment builder: the server draws the tree anew, and this keeps what was typed meanwhile, the focus, and the word
// of what is saved.
import { fill } from "../editor/request.js";

const form = document.querySelector("#builder");
const live = document.querySelector("#live");
const saved = document.querySelector("#saved");

// Changes so far, how many of them the last request took along, and how many the server has.
let changes = 0;
let sent = 0;
let kept = 0;
let keptAt = 0;
let isLeaving = false;

// One drawing at a time: what is asked for meanwhile waits, because it is about the tree that comes.
let isDrawing = false;
let waiting = [];
let before = new Map();
let newer = [];
let place = null;
let hasMoved = false;
// The list that was just chosen from, and the one whose next control is to get the focus.
const PAUSE_MS = 400;
let pause = 0;
let chosen = "";
let after = "";

form.addEventListener("input", () => {
  changes += 1;
  saved.textContent = saved.dataset.saving;
});
// A list that is searched by typing or walked through by arrows changes with every key: the tree waits for a pause, or
// for the step to the next control, which is then the first of those that come.
form.addEventListener("change", (event) => {
  if (!event.target.matches("[data-reshapes]")) return;
  clearTimeout(pause);
  chosen = event.target.id;
  pause = setTimeout(reshape, PAUSE_MS);
});
form.addEventListener("focusout", (event) => {
  if (event.target.id !== chosen) return;
  const isAhead = event.relatedTarget && event.target.compareDocumentPosition(event.relatedTarget) & 4;
  after = isAhead && event.target.closest("[data-node]").contains(event.relatedTarget) ? chosen : "";
  clearTimeout(pause);
  // The next control has the focus by then.
  setTimeout(reshape);
});

function reshape() {
  if (!chosen) return;
  chosen = "";
  ask("");
}

document.addEventListener(
  "submit",
  (event) => {
    if (event.target !== form) return;
    if (event.submitter?.hasAttribute("data-leaves")) {
      isLeaving = true;
      // htmx must not take it over: saving leads to another page.
      event.stopPropagation();
    } else if (isDrawing) {
      event.preventDefault();
      event.stopPropagation();
      waiting.push(event.submitter?.id ?? "");
    } else if (event.submitter?.id) changes += 1;
  },
  true,
);
addEventListener("pageshow", () => (isLeaving = false));

function ask(id) {
  if (isDrawing) waiting.push(id);
  else if (id) document.getElementById(id)?.click();
  else form.dispatchEvent(new Event("reshape"));
}

form.addEventListener("htmx:before:request", (event) => {
  if (event.detail.ctx?.sourceElement !== form) return;
  if (isLeaving) return event.preventDefault();
  isDrawing = true;
  sent = changes;
  place = document.activeElement;
  before = values();
});
document.addEventListener("htmx:before:swap", (event) => {
  if (event.detail.ctx?.sourceElement !== form) return;
  newer = [...values()].filter(([id, value]) => before.has(id) && before.get(id) !== value);
  // Whoever has gone on to another control meanwhile stays there.
  hasMoved = document.activeElement !== place;
  place = form.contains(document.activeElement) ? document.activeElement : null;
});
form.addEventListener("htmx:finally:request", (event) => {
  if (event.detail.ctx?.sourceElement !== form) return;
  isDrawing = false;
  for (const [id, value] of newer) put(document.getElementById(id), value);
  newer = [];
  const wanted = place && next();
  if (wanted && wanted !== document.activeElement) wanted.focus();
  after = "";
  document.activeElement?.scrollIntoView({ block: "nearest" });
  form.dispatchEvent(new Event("drawn"));
  if (waiting.length) ask(waiting.shift());
});

// Where the focus belongs: where the server sends it, behind the list that was left, or where it was.
function next() {
  if (after && !hasMoved) {
    const all = controls();
    return all[all.findIndex((one) => one.id === after) + 1];
  }
  const named = (!hasMoved && document.querySelector("#tree").dataset.focus) || place.id;
  return document.getElementById(named) ?? document.getElementById(`what-${named.split("-")[1]}`);
}

live.addEventListener("htmx:before:request", (event) => {
  // A draft that came after the save would be a ghost of it.
  if (isLeaving) event.preventDefault();
  sent = changes;
});
document.addEventListener("htmx:after:swap", (event) => {
  kept = Math.max(kept, sent);
  if (kept === changes && changes) keptAt = Date.now();
  if (event.detail.ctx?.sourceElement !== form) mark();
  tell();
});
for (const kind of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(kind, () => (saved.textContent = saved.dataset.unsaved));
}
setInterval(tell, 1000);

// Whoever leaves in mid-word loses nothing.
addEventListener("pagehide", () => {
  if (isLeaving || kept === changes) return;
  const headers = { "HX-Request": "true" };
  fetch(form.action, { method: "POST", headers, body: new FormData(form), keepalive: true }).catch(() => {});
});

function controls() {
  return [...form.querySelectorAll("#tree :is(input, select, textarea)[id]")];
}

function values() {
  return new Map(controls().map((one) => [one.id, one.type === "checkbox" ? one.checked : one.value]));
}

function put(control, value) {
  if (!control) return;
  if (control.type === "checkbox") control.checked = value;
  else control.value = value;
}

// What is missing or wrong, at the condition where it is.
function mark() {
  const found = new Map([...live.querySelectorAll("#problems li")].map((one) => [one.dataset.key, one]));
  for (const place of form.querySelectorAll("[data-problem]")) {
    const problem = found.get(place.dataset.problem);
    const words = problem?.textContent ?? "";
    if (place.textContent !== words) place.textContent = words;
    place.classList.toggle("bad", Boolean(problem) && !("missing" in problem.dataset));
  }
}

function tell() {
  if (!keptAt || kept !== changes) return;
  const seconds = Math.round((Date.now() - keptAt) / 1000);
  const { now, seconds: some, minutes } = saved.dataset;
  const words = seconds < 3 ? now : seconds < 60 ? fill(some, { n: seconds }) : fill(minutes, { n: Math.floor(seconds / 60) });
  if (saved.textContent !== words) saved.textContent = words;
}
