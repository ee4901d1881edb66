// Sends the chosen file with a bar that tells how far it is. Without this script the form sends itself.
const form = document.querySelector("#upload");
const input = form.querySelector("#file");
const name = form.querySelector("#upload-name");
const problem = form.querySelector("#upload-problem");
const progress = form.querySelector("#upload-progress");
const button = form.querySelector("#upload-button");
const drop = form.querySelector("[data-drop]");

input.addEventListener("change", show);
// What was chosen before this script was there.
show();
for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, (event) => hover(event, true));
drop.addEventListener("dragleave", (event) => hover(event, false));
drop.addEventListener("drop", (event) => {
  hover(event, false);
  if (!event.dataTransfer.files.length) return;
  input.files = event.dataTransfer.files;
  show();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!input.files.length || complain(whyNot(input.files[0]))) return;
  send();
});

function hover(event, isOver) {
  event.preventDefault();
  drop.classList.toggle("over", isOver);
}

function show() {
  const file = input.files[0];
  name.textContent = file ? `${file.name} · ${size(file.size)}` : "";
  complain(file ? whyNot(file) : "");
}

function whyNot(file) {
  return file.size > Number(form.dataset.most) ? form.dataset.tooLarge : "";
}

// Says what is wrong and returns whether anything is.
function complain(words) {
  problem.replaceChildren();
  if (words) {
    const note = document.createElement("p");
    note.className = "note bad";
    note.textContent = words;
    problem.append(note);
  }
  return Boolean(words);
}

// fetch tells nothing of what has left, so this is one of the last uses of XMLHttpRequest.
function send() {
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (event) => tell(event.loaded, event.total));
  request.upload.addEventListener("load", () => (progress.querySelector("[data-words]").textContent = form.dataset.looking));
  request.addEventListener("load", () => {
    if (request.status === 200) return location.assign(request.responseText);
    end(request.status === 422 ? request.responseText : form.dataset.failed);
  });
  for (const kind of ["error", "abort", "timeout"]) request.addEventListener(kind, () => end(form.dataset.failed));
  request.open("POST", form.action);
  request.setRequestHeader("X-Requested-With", "upload");
  // Before the form is locked: what is disabled is not sent.
  const body = new FormData(form);
  button.disabled = input.disabled = true;
  progress.hidden = false;
  request.send(body);
}

function end(words) {
  progress.hidden = true;
  button.disabled = input.disabled = false;
  complain(words);
}

function tell(loaded, total) {
  progress.querySelector("progress").value = (loaded / total) * 100;
  progress.querySelector("[data-words]").textContent = `${form.dataset.sending} ${size(loaded)} / ${size(total)}`;
}

function size(bytes) {
  const unit = bytes < 1e6 ? ["kilobyte", 1e3] : ["megabyte", 1e6];
  const format = { style: "unit", unit: unit[0], maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, format).format(bytes / unit[1]);
}
