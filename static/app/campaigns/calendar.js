// Drops a campaign onto another day. Nothing moves before the dialog, which names both times, is confirmed.
let dragged = null;

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-move]") ?? null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.move);
  dragged.classList.add("dragged");
});

document.addEventListener("dragover", (event) => {
  const day = dragged && event.target.closest?.("[data-day]");
  document.querySelectorAll(".drop").forEach((other) => other !== day && other.classList.remove("drop"));
  if (!day) return;
  event.preventDefault();
  day.classList.add("drop");
});

document.addEventListener("drop", (event) => {
  const day = dragged && event.target.closest?.("[data-day]");
  if (!day) return;
  event.preventDefault();
  if (day !== dragged.closest("[data-day]")) {
    htmx.ajax("GET", `${dragged.dataset.move}?day=${day.dataset.day}`, { target: "#drawers" });
  }
});

document.addEventListener("dragend", () => {
  document.querySelectorAll(".drop, .dragged").forEach((element) => element.classList.remove("drop", "dragged"));
  dragged = null;
});
