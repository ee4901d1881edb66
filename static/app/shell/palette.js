// The command palette: asks the server as you type, moves by arrow keys, goes by Enter.
const WAIT_MS = 120;
const dialog = document.querySelector("#palette");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector("ul");
let timer;
let latest = 0;

async function search() {
  const number = ++latest;
  const address = `${dialog.dataset.palette}?${new URLSearchParams({ q: input.value })}`;
  const response = await fetch(address, { headers: { "X-Requested-With": "palette" } }).catch(() => null);
  // A slow answer to an earlier question must not replace the later one.
  if (!response?.ok || number !== latest) return;
  list.innerHTML = await response.text();
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
  timer = setTimeout(search, WAIT_MS);
});

input?.addEventListener("keydown", (event) => {
  const all = options();
  const current = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && all.length) {
    event.preventDefault();
    select((current + step + all.length) % all.length);
  } else if (event.key === "Enter") {
    event.preventDefault();
    all[current]?.querySelector("a, button")?.click();
  }
});

new MutationObserver(() => {
  if (!dialog.open) return;
  input.select();
  search();
}).observe(dialog ?? document.body, { attributes: true, attributeFilter: ["open"] });
