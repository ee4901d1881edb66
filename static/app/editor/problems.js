// The line below the code: the first problem in words, with a way to it.
import { fill } from "./request.js";

// Beside the preview, for whoever sees only that: it shows an older text than the code.
export function showStale(problems, words) {
  const place = document.querySelector("#stale");
  const error = problems.find((problem) => problem.severity === "error");
  place.hidden = !error;
  place.querySelector("span").textContent = error ? `${error.line ? `${fill(words.line, { n: error.line })}: ` : ""}${error.message} ${words.stale}` : "";
}

export function showProblems(problems, { words, hasPreview, goTo }) {
  const place = document.querySelector("#problems");
  place.replaceChildren();
  place.dataset.severity = problems[0]?.severity ?? "";
  if (!problems.length) return;
  const [first] = problems;
  const where = document.createElement("strong");
  where.textContent = first.field !== "source" ? `${first.field[0].toUpperCase()}${first.field.slice(1)}` : first.line ? fill(words.line, { n: first.line }) : "";
  const said = document.createElement("span");
  said.className = "said";
  said.textContent = `${first.message} ${first.advice}`.trim();
  place.append(where, said);
  if (first.severity === "error") {
    const stale = document.createElement("span");
    stale.className = "muted";
    stale.textContent = hasPreview ? words.stale : words.noPreview;
    said.append(" ", stale);
  }
  if (problems.length > 1) {
    const more = document.createElement("span");
    more.className = "badge";
    more.textContent = fill(words.moreProblems, { n: problems.length - 1 });
    place.append(more);
  }
  if (first.field === "source" && first.line) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button compact";
    button.textContent = words.goToProblem;
    button.addEventListener("click", () => goTo(first.line));
    place.append(button);
  }
}
