// Says whether the choices are saved, and offers the name of a new list only where one is to be made.
const form = document.querySelector("#mapping");
const saved = document.querySelector("#saved");
const list = form.querySelector("#list");
const newList = form.querySelector(".new-list");

list.addEventListener("change", offer);
offer();

form.addEventListener("change", (event) => {
  if (!event.target.name?.startsWith("column-")) return;
  event.target.closest("tr").classList.toggle("ignored", event.target.value === "ignore");
});

// Changes so far, how many of them the request under way takes along, and how many the server has. An answer to an
// earlier request says nothing of what was typed since.
let changes = 0;
let sent = 0;
let kept = 0;
form.addEventListener("input", () => {
  changes += 1;
  saved.textContent = form.dataset.saving;
});
form.addEventListener("htmx:before:request", () => (sent = changes));
document.addEventListener("htmx:after:swap", () => {
  kept = sent;
  if (kept === changes) saved.textContent = form.dataset.saved;
});
for (const kind of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(kind, () => (saved.textContent = form.dataset.unsaved));
}

// Starting sends every choice itself; a save that came after it would find the import under way.
let isStarting = false;
form.addEventListener("submit", () => (isStarting = true));
addEventListener("pageshow", () => (isStarting = false));
form.addEventListener("htmx:before:request", (event) => isStarting && event.preventDefault());

// Whoever leaves before the save has begun loses nothing.
addEventListener("pagehide", () => {
  if (isStarting || kept === changes) return;
  fetch(form.getAttribute("hx-post"), { method: "POST", body: new FormData(form), keepalive: true }).catch(() => {});
});

function offer() {
  newList.hidden = list.value !== "new";
}
