// Saves fields one by one while somebody types, never over what they have not seen, and keeps the rest in this browser.
import { ask, fill, post } from "../editor/request.js";

const WAIT_MS = 600;
const RETRY_MS = 5000;
const LOOK_MS = 10000;
// A time means nothing without its zone.
const TOGETHER = { time_zone: ["send_at"], send_at: ["time_zone"] };

export class FieldSaver {
  constructor({ config, words, fields, status, notes, onSaved, onClash, onOthers, onProblems }) {
    Object.assign(this, { config, words, fields, status, notes, onSaved, onClash, onOthers, onProblems });
    this.key = `sendwell:campaign:${config.user}:${config.id}`;
    this.revision = config.revision;
    // What the server wrote, not what stands there now: somebody may have been faster than this script.
    this.saved = Object.fromEntries([...this.fields].map(([name, field]) => [name, asServed(field)]));
    this.clashes = new Map();
  }

  read() {
    return Object.fromEntries([...this.fields].map(([name, field]) => [name, field.value]));
  }

  dirty() {
    const now = this.read();
    return Object.keys(now).filter((name) => now[name] !== this.saved[name]);
  }

  get isDirty() {
    return this.dirty().length > 0;
  }

  begin() {
    if (!this.config.canEdit) return;
    this.recover();
    setInterval(() => this.tell(), 1000);
    setInterval(() => this.look(), LOOK_MS);
    if (this.isDirty) this.changed();
    addEventListener("online", () => this.now());
    addEventListener("focus", () => (this.isDirty ? this.now() : this.look()));
    addEventListener("pagehide", () => this.leave());
    document.addEventListener("visibilitychange", () => document.hidden && this.leave());
  }

  // Typed: kept in this browser at once, on the server a moment later.
  changed() {
    if (!this.config.canEdit || this.isClosed) return;
    this.keep();
    if (!this.open().length) return;
    this.status(this.words.typing, "busy");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), WAIT_MS);
  }

  // What differs from the server and waits for nobody's decision.
  open() {
    return this.dirty().filter((name) => !this.clashes.has(name));
  }

  // Resolves to whether everything is on the server.
  async now() {
    clearTimeout(this.timer);
    if (!this.config.canEdit || this.isClosed) return !this.isDirty;
    if (this.running) return this.running.then(() => this.now());
    if (!this.open().length) return this.clashes.size === 0;
    this.running = this.send(this.open()).finally(() => (this.running = null));
    return this.running;
  }

  async send(names) {
    const sent = this.read();
    const all = new Set(names.flatMap((name) => [name, ...(TOGETHER[name] ?? [])]));
    const body = Object.fromEntries([...all].map((name) => [name, sent[name]]));
    this.status(this.words.saving, "busy");
    let response;
    try {
      response = await post(this.config.urls.save, { ...body, revision: this.revision });
    } catch {
      return this.fail(this.words.offline, this.words.offlineNote);
    }
    if (response.status === 401) return this.fail(this.words.signedOut, this.words.signedOutNote, [[this.words.signIn, this.config.urls.signIn]]);
    if (response.status === 403) return this.fail(this.words.forbidden, this.words.failedNote);
    if (response.status === 404) return this.close();
    if (response.status === 409) return this.meet(await response.json().catch(() => null));
    if (!response.ok) return this.fail(this.words.failed, this.words.failedNote);
    return this.done(names, sent, await response.json());
  }

  done(names, sent, answer) {
    this.revision = answer.revision;
    for (const name of names) this.saved[name] = sent[name];
    this.savedAt = Date.now();
    this.notes.clear("save");
    // The answer's revision covers what others wrote into fields that are being typed in: meet that now, or the next
    // save would pass for one that has seen it.
    const dirty = this.dirty();
    this.clash(answer.others.filter((other) => dirty.includes(other.field)));
    this.follow(answer.others);
    this.onProblems(names, answer.problems);
    this.onSaved(names, answer);
    if (this.isDirty) this.changed();
    else localStorage.removeItem(this.key);
    this.tell();
    return this.clashes.size === 0;
  }

  // Others changed the same fields. Those wait for a decision; the rest is saved without them.
  meet(answer) {
    if (!answer?.clashes) return this.close();
    this.keep();
    this.clash(answer.clashes);
    return this.open().length ? this.send(this.open()) : false;
  }

  clash(clashes) {
    for (const clash of clashes) {
      if (this.read()[clash.field] === clash.value) {
        this.saved[clash.field] = clash.value;
        continue;
      }
      this.clashes.set(clash.field, clash);
      this.onClash(clash);
    }
    if (this.clashes.size) this.status(this.words.clash, "bad");
  }

  settle(name, { theirs }) {
    const clash = this.clashes.get(name);
    this.clashes.delete(name);
    this.saved[name] = clash.value;
    if (theirs) this.fields.get(name).value = clash.value;
    // Either way the person has seen it, so the next save may write over it.
    this.look(true).then(() => this.now()).then(() => this.tell());
  }

  follow(others) {
    const shown = others.filter((other) => this.fields.has(other.field) && !this.dirty().includes(other.field));
    for (const other of shown) {
      this.fields.get(other.field).value = other.value;
      this.saved[other.field] = other.value;
    }
    if (shown.length) this.onOthers(shown);
  }

  // Has a colleague written meanwhile? Asked only by a page that somebody looks at.
  async look(always = false) {
    if (!always && (document.hidden || this.running || this.isClosed)) return;
    const response = await ask(this.config.urls.state, { revision: this.revision }).catch(() => null);
    if (!response?.ok) return;
    const state = await response.json();
    if (!state.isOpen) return this.close();
    const dirty = this.dirty();
    if (!always) this.clash(state.others.filter((other) => dirty.includes(other.field)));
    this.follow(state.others);
    this.revision = state.revision;
  }

  fail(short, long, actions = []) {
    this.keep();
    this.status(short, "bad");
    this.notes.show("save", "bad", long, actions);
    this.timer = setTimeout(() => this.now(), RETRY_MS);
    return false;
  }

  close() {
    this.isClosed = true;
    this.keep();
    this.status(this.words.gone, "bad");
    this.notes.show("save", "bad", this.words.goneNote, [[this.words.reload, () => location.reload()]]);
    return false;
  }

  keep() {
    const now = this.read();
    const kept = Object.fromEntries(this.dirty().map((name) => [name, now[name]]));
    try {
      localStorage.setItem(this.key, JSON.stringify({ revision: this.revision, kept }));
    } catch {
      // A full or forbidden storage: the text still stands in the page.
    }
  }

  recover() {
    const stored = JSON.parse(localStorage.getItem(this.key) ?? "null");
    if (!stored) return;
    for (const [name, value] of Object.entries(stored.kept)) if (this.fields.has(name)) this.fields.get(name).value = value;
    if (!this.isDirty) {
      localStorage.removeItem(this.key);
      return;
    }
    // An older revision meets the newer one on the server, as any late save does.
    this.revision = stored.revision;
    this.notes.show("recovered", "info", this.words.recovered);
    this.changed();
  }

  leave() {
    if (!this.open().length || this.running || this.isClosed) return;
    const now = this.read();
    const body = Object.fromEntries(this.open().flatMap((name) => [name, ...(TOGETHER[name] ?? [])]).map((name) => [name, now[name]]));
    post(this.config.urls.save, { ...body, revision: this.revision }, { keepalive: true }).catch(() => {});
  }

  tell() {
    if (this.isDirty || this.clashes.size || this.running || !this.savedAt) return;
    const seconds = Math.round((Date.now() - this.savedAt) / 1000);
    const { savedNow, savedSeconds, savedMinutes } = this.words;
    const minutes = Math.floor(seconds / 60);
    this.status(seconds < 3 ? savedNow : seconds < 60 ? fill(savedSeconds, { n: seconds }) : fill(savedMinutes, { n: minutes }), "ok");
  }
}

function asServed(field) {
  if (!(field instanceof HTMLSelectElement)) return field.defaultValue;
  return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? "";
}
