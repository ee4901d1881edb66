// As whom the mail is shown: made-up people, one for each branch, or a contact found by name or address.
import { ask, fill } from "./request.js";

const WAIT_MS = 200;
const find = (selector) => document.querySelector(selector);

export function peoplePicker({ config, words, onPick }) {
  const dialog = find("#people");
  const input = find("#people-words");
  let timer;
  let number = 0;

  find("#person").addEventListener("click", () => dialog.showModal());

  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("[data-person]");
    if (!button) return;
    dialog.querySelectorAll("[data-person]").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    find("#person-label").textContent = fill(words.asPerson, { name: button.firstChild.textContent.trim() });
    dialog.close();
    onPick(button.dataset.person);
  });

  input?.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, WAIT_MS);
  });

  async function search() {
    const asked = ++number;
    const response = await ask(config.urls.people, { q: input.value }).catch(() => null);
    if (asked !== number || !response?.ok) return;
    const { people } = await response.json();
    find("#people-found").replaceChildren(...people.map(({ id, label }) => entry(`contact:${id}`, label)));
    find("#people-none").textContent = people.length || !input.value ? "" : words.noneFound;
  }

  return {
    showBranches(labels) {
      find("#branches").hidden = labels.length === 0;
      const list = find("#people-branches");
      const known = [...list.querySelectorAll("button")].map((button) => button.textContent);
      if (known.join("\n") !== labels.join("\n")) list.replaceChildren(...labels.map((label, index) => entry(`branch:${index}`, label)));
    },
  };
}

function entry(person, label) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.person = person;
  button.setAttribute("aria-pressed", "false");
  button.textContent = label;
  item.append(button);
  return item;
}
