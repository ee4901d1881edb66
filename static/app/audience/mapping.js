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
form.addEventListener("input", () => (saved.textContent = form.dataset.saving));
document.addEventListener("htmx:after:swap", () => (saved.textContent = form.dataset.saved));
// Starting sends every choice itself; a save that came after it would find the import under way.
let isStarting = false;
form.addEventListener("submit", () => (isStarting = true));
addEventListener("pageshow", () => (isStarting = false));
form.addEventListener("htmx:before:request", (event) => isStarting && event.preventDefault());
for (const kind of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(kind, () => (saved.textContent = form.dataset.unsaved));
}

function offer() {
  newList.hidden = list.value !== "new";
}
