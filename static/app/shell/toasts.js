// Short messages at the corner. Errors stay until dismissed: nobody should miss one by looking away.
const SECONDS = 8;
const corner = document.querySelector("#toasts");

export function toast(text, { bad = false } = {}) {
  const element = document.createElement("div");
  element.className = bad ? "toast bad" : "toast";
  const words = document.createElement("span");
  words.textContent = text;
  const dismiss = document.createElement("button");
  dismiss.type = "button";
  dismiss.className = "button quiet compact";
  dismiss.dataset.dismiss = "";
  dismiss.textContent = corner.dataset.dismissLabel || "Dismiss";
  element.append(words, dismiss);
  corner.append(element);
  expire(element);
}

function expire(element) {
  if (!element.classList.contains("bad")) setTimeout(() => element.remove(), SECONDS * 1000);
}

corner?.querySelectorAll("[data-toast]").forEach(expire);

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".toast")?.remove();
});

// The server names its toasts in a header of an htmx answer: {"toast": {"text": "…", "bad": false}}.
document.addEventListener("toast", (event) => toast(event.detail.text, event.detail));

document.addEventListener("htmx:response:error", (event) => {
  const status = event.detail.ctx?.response?.status;
  if (status === 401 || status === 403) {
    toast("You are signed out, or may not do this. Nothing on this page is lost: sign in again in another tab, then retry.", { bad: true });
  } else {
    toast("The server could not do this. Nothing you typed is lost: try again in a moment.", { bad: true });
  }
});
document.addEventListener("htmx:error", () => {
  toast("No connection to the server. What you typed stays on this page and is saved when the connection is back.", { bad: true });
});
