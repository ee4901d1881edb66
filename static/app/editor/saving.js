// Saves while somebody types, never over what they have not seen, and keeps what cannot be saved in this browser.
import { ask, fill, post } from "./request.js";

const WAIT_MS = 800;
const RETRY_MS = 5000;
const LOOK_MS = 10000;
const BEACON_LIMIT = 60000;

export class Saver {
  constructor({ config, words, read, replace, status, notes, copy }) {
    Object.assign(this, { config, words, read, replace, status, notes, copy });
    this.key = `sendwell:template:${config.user}:${config.id}`;
    this.revision = config.revision;
    this.saved = JSON.stringify(read());
    this.savedAt = null;
    this.conflict = null;
    this.hasMistakes = false;
  }

  begin() {
    if (!this.config.canEdit) return;
    this.recover();
    setInterval(() => this.tell(), 5000);
    setInterval(() => this.look(), LOOK_MS);
    addEventListener("online", () => this.now());
    addEventListener("focus", () => this.isDirty && this.now());
    document.addEventListener("visibilitychange", () => (document.hidden ? this.leave() : this.look()));
    addEventListener("pagehide", () => this.leave());
  }

  get isDirty() {
    return JSON.stringify(this.read()) !== this.saved;
  }

  // Typed: kept in this browser at once, on the server a moment later.
  changed() {
    if (!this.config.canEdit || this.isQuiet) return;
    this.keep();
    if (this.conflict) return;
    this.status(this.words.unsaved, "busy");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), WAIT_MS);
  }

  // Resolves to whether everything is on the server.
  async now() {
    clearTimeout(this.timer);
    if (!this.config.canEdit || !this.isDirty) return true;
    if (this.conflict) return false;
    // One save at a time: two would meet each other as strangers.
    if (this.running) return this.running.then(() => this.now());
    this.running = this.send().finally(() => (this.running = null));
    return this.running;
  }

  async send() {
    const content = this.read();
    const before = this.attempted;
    this.attempted = JSON.stringify(content);
    this.status(this.words.saving, "busy");
    let response;
    try {
      response = await post(this.config.urls.save, { ...content, revision: this.revision });
    } catch {
      return this.fail(this.words.offline, this.words.offlineNote);
    }
    if (response.ok) return this.done(content, await response.json());
    if (response.status === 409) return this.meet(await response.json(), before);
    if (response.status === 401) return this.fail(this.words.signedOut, this.words.signedOutNote, [[this.words.signIn, this.config.urls.signIn]]);
    if (response.status === 403) return this.fail(this.words.forbidden, this.words.failedNote);
    if (response.status === 404) return this.fail(this.words.gone, this.words.goneNote, [[this.words.saveCopy, this.copy]]);
    return this.fail(this.words.failed, this.words.failedNote);
  }

  done(content, answer) {
    this.revision = answer.revision;
    this.saved = JSON.stringify(content);
    this.savedAt = Date.now();
    this.notes.clear("save");
    if (this.isDirty) this.changed();
    else localStorage.removeItem(this.key);
    this.tell();
    return true;
  }

  fail(short, long, actions = []) {
    this.keep();
    this.status(short, "bad");
    this.notes.show("save", "bad", long, actions);
    this.timer = setTimeout(() => this.now(), RETRY_MS);
    return false;
  }

  // Somebody else saved first. Both texts stay, until the person says what shall be.
  meet(theirs, before) {
    // An earlier save of ours whose answer never came: go on from there.
    if (JSON.stringify({ source: theirs.source, subject: theirs.subject, preheader: theirs.preheader }) === before) {
      this.revision = theirs.revision;
      return this.send();
    }
    this.conflict = theirs;
    this.keep();
    this.status(this.words.conflict, "bad");
    const text = fill(this.words.conflictNote, { name: theirs.saved_by || this.words.somebody, time: theirs.saved_at });
    this.notes.show("save", "warn", text, [
      [this.words.compare, () => this.compare()],
      [this.words.takeTheirs, () => this.take()],
      [this.words.saveCopy, this.copy],
    ]);
    return false;
  }

  compare() {
    document.querySelector("#compare-source").value = this.read().source;
    document.querySelector("#compare-form").requestSubmit();
  }

  take() {
    const theirs = this.conflict;
    this.conflict = null;
    this.adopt(theirs);
    this.notes.show("save", "ok", fill(this.words.takenTheirs, { name: theirs.saved_by || this.words.somebody }));
  }

  adopt(theirs) {
    this.revision = theirs.revision;
    this.isQuiet = true;
    this.replace(theirs);
    this.isQuiet = false;
    this.saved = JSON.stringify(this.read());
    this.savedAt = Date.now();
    localStorage.removeItem(this.key);
    this.tell();
  }

  // Has a colleague saved meanwhile? Asked only by a page that somebody looks at.
  async look() {
    if (document.hidden || this.isDirty || this.conflict || this.running) return;
    const response = await ask(this.config.urls.state, { revision: this.revision }).catch(() => null);
    if (!response?.ok) return;
    const state = await response.json();
    if (state.source === undefined || this.isDirty || state.revision <= this.revision) return;
    this.adopt(state);
    this.notes.show("follow", "info", fill(this.words.followed, { name: state.saved_by || this.words.somebody, time: state.saved_at }));
  }

  keep() {
    try {
      localStorage.setItem(this.key, JSON.stringify({ revision: this.revision, ...this.read() }));
    } catch {
      // A full or forbidden storage: the text still stands in the page.
    }
  }

  recover() {
    const kept = JSON.parse(localStorage.getItem(this.key) ?? "null");
    if (!kept) return;
    const { revision, ...content } = kept;
    this.replace(content);
    if (!this.isDirty) {
      localStorage.removeItem(this.key);
      return;
    }
    // An older revision meets the newer one on the server, as any late save does.
    this.revision = revision;
    this.attempted = JSON.stringify(this.read());
    this.notes.show("recovered", "info", this.words.recovered);
    this.changed();
  }

  leave() {
    if (!this.isDirty || this.conflict || this.running) return;
    const fields = { ...this.read(), revision: this.revision };
    // A browser drops larger bodies of a page that goes; the kept draft is there for those.
    if (JSON.stringify(fields).length < BEACON_LIMIT) post(this.config.urls.save, fields, { keepalive: true }).catch(() => {});
  }

  tell() {
    if (this.isDirty || this.conflict || !this.savedAt) return;
    const seconds = Math.round((Date.now() - this.savedAt) / 1000);
    const { savedNow, savedSeconds, savedMinutes, savedDraft } = this.words;
    const minutes = Math.floor(seconds / 60);
    const words = seconds < 5 ? savedNow : seconds < 60 ? fill(savedSeconds, { n: seconds }) : fill(savedMinutes, { n: minutes });
    this.status(this.hasMistakes && seconds < 5 ? savedDraft : words, "ok");
  }
}
