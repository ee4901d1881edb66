// Single keys and "g" followed by a letter, never while somebody is typing.
const PLACES = { h: "home", c: "campaigns", p: "contacts", t: "templates" };
let awaitingPlace = false;

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    document.querySelector("#palette")?.showModal();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (awaitingPlace) {
    awaitingPlace = false;
    document.querySelector(`[data-place="${PLACES[event.key]}"]`)?.click();
  } else if (event.key === "g") {
    awaitingPlace = true;
    setTimeout(() => (awaitingPlace = false), 1500);
  } else if (event.key === "?") {
    document.querySelector("#shortcuts")?.showModal();
  } else if (event.key === "n") {
    const address = document.querySelector("#sidebar")?.dataset.newCampaign;
    if (address) location.assign(address);
  }
});

function isTyping(element) {
  return element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName);
}
