// Opens and closes dialogs, drawers and the sidebar by data attributes, so that pages need no script of their own.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    event.preventDefault();
    document.querySelector(opener.dataset.open)?.showModal();
    return;
  }
  const closer = event.target.closest("[data-close]");
  if (closer) {
    closer.closest("dialog")?.close();
    return;
  }
  const toggle = event.target.closest("[data-toggle]");
  if (toggle) {
    const target = document.querySelector(toggle.dataset.toggle);
    const open = target.toggleAttribute("data-open");
    toggle.setAttribute("aria-expanded", String(open));
    if (open) target.querySelector("a, button")?.focus();
    return;
  }
  // A click on the backdrop reaches the dialog itself, never its content.
  if (event.target instanceof HTMLDialogElement && !event.target.hasAttribute("data-keep")) event.target.close();
  const sidebar = document.querySelector("#sidebar[data-open]");
  if (sidebar && !sidebar.contains(event.target)) closeSidebar(sidebar);
});

document.addEventListener("keydown", (event) => {
  const sidebar = document.querySelector("#sidebar[data-open]");
  if (event.key === "Escape" && sidebar) closeSidebar(sidebar);
});

// A drawer whose content came from the server opens itself when it has arrived.
document.addEventListener("htmx:after:swap", () => {
  document.querySelectorAll("dialog[data-autoopen]:not([open])").forEach((dialog) => dialog.showModal());
});

function closeSidebar(sidebar) {
  sidebar.removeAttribute("data-open");
  const toggle = document.querySelector('[data-toggle="#sidebar"]');
  toggle?.setAttribute("aria-expanded", "false");
  toggle?.focus();
}
