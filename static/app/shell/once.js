// A form goes once, however often somebody presses: a second sign-in on its way would be refused as forged.
const MOMENT_MS = 5000;

// On the window, so that every script that takes a form over has had its say. The moment is for answers that leave the
// page standing, such as a download.
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if ("sent" in form.dataset) return event.preventDefault();
  form.dataset.sent = "";
  setTimeout(() => delete form.dataset.sent, MOMENT_MS);
});
// The way back in the browser brings the page as it was left.
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
