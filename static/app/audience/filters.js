// Filters apply as they are chosen; without this script, the button does it. The search waits for Enter or the button.
const form = document.querySelector("[data-filters]");
form?.addEventListener("change", (event) => {
  if (event.target.matches("select, [type=checkbox]")) form.requestSubmit();
});
// Empty fields would only lengthen an address that people copy and bookmark.
form?.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
});
