// Talks to the server as htmx does, so that a lost session answers 401 instead of a login page.
function token() {
  // Read anew each time: signing in again in another tab changes it.
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

export function ask(url, query = {}, options = {}) {
  return fetch(`${url}?${new URLSearchParams(query)}`, { ...options, headers: { "HX-Request": "true" } });
}

export function post(url, fields, options = {}) {
  return fetch(url, {
    ...options,
    method: "POST",
    headers: { "HX-Request": "true", "X-CSRFToken": token() },
    body: new URLSearchParams(fields),
  });
}

export function fill(words, values) {
  return words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
