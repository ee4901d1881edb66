// Opens and closes dialogs, drawers and the sidebar by data attributes, so that pages need no script of their own.
document.addEventListener("click", (event) => {
  event.target.closest("[data-close]")?.closest("dialog")?.close();
  const opener = event.target.closest("[data-open]");
  if (opener) {
    event.preventDefault();
    document.querySelector(opener.dataset.open)?.showModal();
    return;
  }
  const toggle = event.target.closest("[data-toggle]");
  if (toggle) {
    const target = document.querySelector(toggle.dataset.toggle);
    const open = target.toggleAttribute("data-shown");
    toggle.setAttribute("aria-expanded", String(open));
    if (open) target.querySelector("a, button")?.focus();
    return;
  }
  const copier = event.target.closest("[data-copy]");
  if (copier) copy(copier);
  // A click on the backdrop reaches the dialog itself, never its content.
  if (event.target instanceof HTMLDialogElement && !event.target.hasAttribute("data-keep")) event.target.close();
  const sidebar = document.querySelector("#sidebar[data-shown]");
  if (sidebar && !sidebar.contains(event.target)) closeSidebar(sidebar);
});

document.addEventListener("keydown", (event) => {
  const sidebar = document.querySelector("#sidebar[data-shown]");
  if (event.key === "Escape" && sidebar) closeSidebar(sidebar);
});

// A drawer whose content came from the server opens itself when it has arrived, and leaves no trace when it closes.
document.addEventListener("htmx:after:swap", () => {
  document.querySelectorAll("dialog[data-autoopen]:not([open])").forEach((dialog) => {
    dialog.showModal();
    dialog.addEventListener("close", () => dialog.remove(), { once: true });
  });
});
// An answer may close the drawer that asked: HX-Trigger: close-drawer.
document.addEventListener("close-drawer", () => document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close()));

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const words = button.querySelector("[data-words]");
  const before = words.textContent;
  words.textContent = button.dataset.done;
  setTimeout(() => (words.textContent = before), 2000);
}

function closeSidebar(sidebar) {
  sidebar.removeAttribute("data-shown");
  const toggle = document.querySelector('[data-toggle="#sidebar"]');
  toggle?.setAttribute("aria-expanded", "false");
  toggle?.focus();
}
