// The preview: the mail as the server made it, in a frame that can run nothing.
import { fill, post } from "./request.js";

const WAIT_MS = 250;
const LIMIT_KB = 102;
const find = (selector) => document.querySelector(selector);

export class Preview {
  constructor({ config, words, read, onProblems, onBranches }) {
    Object.assign(this, { config, words, read, onProblems, onBranches });
    this.person = "sample";
    this.stage = find("#stage");
    this.number = 0;
    document.querySelectorAll("[data-view]").forEach((button) => {
      if (button.tagName === "BUTTON") button.addEventListener("click", () => this.view(button.dataset.view));
    });
    for (const id of ["dark", "images"]) find(`#${id}`).addEventListener("click", (event) => this.toggle(event.currentTarget));
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), WAIT_MS);
  }

  async now() {
    clearTimeout(this.timer);
    const number = ++this.number;
    const response = await post(this.config.urls.preview, { ...this.read(), person: this.person }).catch(() => null);
    // A slow answer to an earlier text must not replace the later one.
    if (number !== this.number) return;
    if (!response?.ok) {
      if (!response) this.say(this.words.previewOffline);
      return;
    }
    const { problems, mail, branches } = await response.json();
    if (number !== this.number) return;
    this.onProblems(problems, this.mail ?? mail);
    if (!mail) return;
    this.onBranches(branches);
    this.show(mail);
  }

  show(mail) {
    this.mail = mail;
    find("#inbox-subject").textContent = mail.subject || this.words.noSubject;
    find("#inbox-subject").classList.toggle("muted", !mail.subject);
    find("#inbox-preheader").textContent = mail.preheader;
    find("#plain-text").textContent = mail.text;
    const size = (mail.size / 1024).toFixed(1);
    const isHeavy = mail.size > LIMIT_KB * 1024;
    const weight = find("#weight");
    weight.textContent = fill(isHeavy ? this.words.tooHeavy : this.words.weight, { size });
    weight.classList.toggle("bad", isHeavy);
    this.load();
  }

  // A new frame takes the old one's place when it is painted: no white flash, and no entry in the history.
  load() {
    if (!this.mail) return;
    const query = new URLSearchParams();
    if (this.isOn("#dark")) query.set("dark", "1");
    if (!this.isOn("#images")) query.set("images", "off");
    const frame = document.createElement("iframe");
    frame.title = this.words.frameTitle;
    frame.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox");
    frame.src = `${this.mail.page}?${query}`;
    frame.className = "coming";
    frame.addEventListener("load", () => this.swap(frame), { once: true });
    this.stage.append(frame);
    this.caption();
  }

  swap(frame) {
    const others = [...this.stage.querySelectorAll("iframe")].filter((other) => other !== frame);
    // A later frame has been asked for: this one is old news.
    if (others.some((other) => frame.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING)) return frame.remove();
    const top = others[0]?.contentDocument?.scrollingElement?.scrollTop ?? 0;
    frame.classList.remove("coming");
    frame.contentDocument?.scrollingElement?.scrollTo(0, top);
    others.forEach((other) => other.remove());
  }

  view(name) {
    this.stage.dataset.view = name;
    find("#plain-text").hidden = name !== "text";
    document.querySelectorAll("button[data-view]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.view === name)));
    this.caption();
  }

  toggle(button) {
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    this.load();
  }

  caption() {
    const said = [];
    if (this.stage.dataset.view !== "text") {
      if (this.isOn("#dark")) said.push(this.mail?.adapts_to_dark ? this.words.adapted : this.words.inverted);
      if (!this.isOn("#images")) said.push(this.words.imagesOff);
    }
    this.say(said.join(" "));
  }

  say(words) {
    find("#caption").textContent = words;
    find("#caption").hidden = !words;
  }

  isOn(selector) {
    return find(selector).getAttribute("aria-pressed") === "true";
  }
}
