// Keeps what is typed: after a pause, on leaving a field, and when the page goes. The newest save wins at the
// console, whatever order saves arrive in. While the console is away a copy waits in this browser, and goes
// as soon as the console has it.
const PAUSE = 500;
const TRY_AGAIN = 2000;
const COPY = "hotline-draft-";
const OLDEST_COPY = 24 * 3600 * 1000;

export class DraftKeeper extends EventTarget {
  #editor = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  #read;
  #call = null;
  #seen = 0;
  #seq = 0;
  #kept = 0;
  #dirty = false;
  #timer;
  #others = new BroadcastChannel("hotline-record");

  /**
   * @param {() => object} read gives the fields as they are now
   * Events: "kept" (detail: the time), "waiting" (the console is away), "refused" (detail: {text, errors}),
   * "conflict" (detail: the newer draft), "elsewhere" (another window kept this call's draft)
   */
  constructor(read) {
    super();
    this.#read = read;
    this.#others.onmessage = ({ data }) => {
      if (data.call === this.#call && data.seq > this.#seen) this.#tell("elsewhere", { dirty: this.#dirty });
    };
    addEventListener("pagehide", () => this.flush());
    addEventListener("session-ended", () => forgetCopies());
    forgetOldCopies();
  }

  /** Whether something was typed that the console has not yet. */
  get dirty() {
    return this.#dirty;
  }

  /** Begin with a call's draft as the console has it; gives the fields of a copy that the console lacks. */
  begin(call, seq) {
    this.flush();
    this.#call = call;
    this.#seen = this.#seq = this.#kept = seq;
    this.#dirty = false;
    const copy = copyOf(call);
    return copy === null ? null : { fields: copy.fields, newer: copy.seen === seq };
  }

  /** What only this window has is not wanted any more. */
  giveUp() {
    clearTimeout(this.#timer);
    this.#dirty = false;
    if (this.#call !== null) dropCopy(this.#call);
  }

  /** Let go of the call. */
  end() {
    this.flush();
    this.#call = null;
  }

  /** The other window's draft is known now, so the next save may replace it. */
  accept(seq) {
    this.#seen = Math.max(this.#seen, seq);
    this.#seq = Math.max(this.#seq, seq);
  }

  /** Something was typed. */
  typed() {
    this.#dirty = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), PAUSE);
  }

  /**
   * Send the fields as they are now; what is typed from here on waits for a save of its own.
   * Gives {status, told, seq}; the sender says with `took` or `missed` what became of it.
   */
  async send(address, leaving = false) {
    clearTimeout(this.#timer);
    this.#seq = Math.max(this.#seq, this.#seen) + 1;
    this.#dirty = false;
    const sent = { editor: this.#editor, seq: this.#seq, seen: this.#seen, fields: this.#read() };
    keepCopy(this.#call, { at: Date.now(), seen: sent.seen, fields: sent.fields });
    return { ...(await post(address, sent, leaving)), seq: sent.seq };
  }

  /** Keep it now if there is something to keep. */
  flush() {
    if (this.#dirty && this.#call !== null) this.save(true);
  }

  /** Keep the fields; `leaving` lets the browser finish it after the page has gone. */
  async save(leaving = false) {
    const call = this.#call;
    if (call === null) return;
    const { status, told, seq } = await this.send(`/desk/records/${call}/draft`, leaving);
    if (status === 200) return this.took(call, seq);
    if (call !== this.#call) return;
    if (status === 409) return this.#tell("conflict", told);
    this.missed(status);
    if (status === 422 || status === 413) this.#tell("refused", { status, ...told });
  }

  /** The console has what was sent as `seq`. */
  took(call, seq) {
    if (call === this.#call) {
      if (seq < this.#kept) return; // a newer save was answered first
      this.#kept = seq;
      this.#seen = Math.max(this.#seen, seq);
      if (seq < this.#seq) return;
      if (!this.#dirty) dropCopy(call);
      this.#tell("kept", Date.now());
    } else dropCopy(call);
    this.#others.postMessage({ call, seq });
  }

  /** The console has not taken a save: it is sent again when the console was away, otherwise after a change. */
  missed(status) {
    this.#dirty = true;
    if (status === 422 || status === 413 || status === 401) return;
    this.#tell("waiting");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#dirty && this.save(), TRY_AGAIN);
  }

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}

/** POST JSON; status 0 when nothing answered. */
export async function post(address, body, keepalive = false) {
  try {
    const answer = await fetch(address, {
      method: "POST",
      keepalive,
      headers: {
        "Content-Type": "application/json",
        "X-CSRFToken": document.querySelector("meta[name=csrf]").content,
        "X-Requested-With": "fetch",
      },
      body: JSON.stringify(body),
    });
    return { status: answer.status, told: await answer.json().catch(() => ({})) };
  } catch {
    return { status: 0, told: {} };
  }
}

const keepCopy = (call, copy) => {
  try {
    localStorage.setItem(COPY + call, JSON.stringify(copy));
  } catch {
    // no room: the console has it in a moment anyway
  }
};
const dropCopy = (call) => localStorage.removeItem(COPY + call);

function copyOf(call) {
  try {
    return JSON.parse(localStorage.getItem(COPY + call));
  } catch {
    return null;
  }
}

const copies = () => Object.keys(localStorage).filter((key) => key.startsWith(COPY));

function forgetCopies() {
  copies().forEach((key) => localStorage.removeItem(key));
}

function forgetOldCopies() {
  copies().forEach((key) => {
    const copy = copyOf(key.slice(COPY.length));
    if (!copy || Date.now() - copy.at > OLDEST_COPY) localStorage.removeItem(key);
  });
}
