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
  dismiss.textContent = corner.dataset.dismissLabel;
  element.append(words, dismiss);
  // A dialog makes the rest of the page inert, so the corner moves into the topmost one.
  ([...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body).append(corner);
  corner.append(element);
  expire(element);
}

function expire(element) {
  if (!element.classList.contains("bad")) setTimeout(() => element.remove(), SECONDS * 1000);
}

corner?.querySelectorAll("[data-toast]").forEach(expire);

document.addEventListener("close", () => document.body.append(corner), true);
document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".toast")?.remove();
});

// The server names its toasts in a header of an htmx answer: {"toast": {"toasts": [{"text": "…", "bad": false}]}}.
document.addEventListener("toast", (event) => event.detail.toasts.forEach((one) => toast(one.text, one)));

document.addEventListener("htmx:response:error", (event) => {
  // An answer that says itself what happened needs no words of ours.
  if (event.detail.ctx?.response?.headers?.get("HX-Trigger")?.includes('"toast"')) return;
  toast(corner.dataset.failedLabel, { bad: true });
});
document.addEventListener("htmx:error", () => toast(corner.dataset.offlineLabel, { bad: true }));
