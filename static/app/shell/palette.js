// The command palette: asks the server as you type, moves by arrow keys, goes by Enter.
const WAIT_MS = 120;
const dialog = document.querySelector("#palette");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector("[role=listbox]");
let timer;
let latest = 0;

async function search() {
  const number = ++latest;
  const address = `${dialog.dataset.palette}?${new URLSearchParams({ q: input.value })}`;
  const response = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
  // A slow answer to an earlier question must not replace the later one.
  if (number !== latest) return;
  if (response?.ok) list.innerHTML = await response.text();
  else list.textContent = dialog.dataset.failed;
  select(0);
}

function options() {
  return [...list.querySelectorAll('[role="option"]')];
}

function select(index) {
  const all = options();
  all.forEach((option, position) => option.setAttribute("aria-selected", String(position === index)));
  all[index]?.scrollIntoView({ block: "nearest" });
  if (all[index]) input.setAttribute("aria-activedescendant", all[index].id);
  else input.removeAttribute("aria-activedescendant");
}

input?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    timer = undefined;
    search();
  }, WAIT_MS);
});

input?.addEventListener("keydown", async (event) => {
  const all = options();
  const current = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && all.length) {
    event.preventDefault();
    select((current + step + all.length) % all.length);
  } else if (event.key === "Enter") {
    event.preventDefault();
    // Somebody who types fast and presses Enter means what they typed, not what the list showed before.
    if (timer) {
      clearTimeout(timer);
      timer = undefined;
      await search();
    }
    options().find((option) => option.getAttribute("aria-selected") === "true")?.click();
  }
});

if (dialog) {
  new MutationObserver(() => {
    if (!dialog.open) return;
    input.select();
    search();
  }).observe(dialog, { attributes: true, attributeFilter: ["open"] });
}
