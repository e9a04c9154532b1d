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

  /** What goes along with any save. */
  stamp() {
    this.#seq = Math.max(this.#seq, this.#seen) + 1;
    return { editor: this.#editor, seq: this.#seq, seen: this.#seen, fields: this.#read() };
  }

  /** Keep it now if there is something to keep. */
  flush() {
    if (this.#dirty && this.#call !== null) this.save(true);
  }

  /** Send the fields; `leaving` lets the browser finish it after the page has gone. */
  async save(leaving = false) {
    clearTimeout(this.#timer);
    const call = this.#call;
    if (call === null) return;
    const sent = this.stamp();
    this.#dirty = false;
    keepCopy(call, { at: Date.now(), seen: sent.seen, fields: sent.fields });
    const answer = await post(`/desk/records/${call}/draft`, sent, leaving);
    this.#answered(call, sent, answer);
  }

  /** The console answered a save (also one that made a case). */
  #answered(call, sent, { status, told }) {
    if (status === 200) return this.took(call, sent.seq);
    if (call !== this.#call) return;
    if (status === 409) return this.#tell("conflict", told);
    this.#dirty = true;
    if (status === 422 || status === 413) return this.#tell("refused", { status, ...told });
    if (status === 401) return;
    this.#tell("waiting");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#dirty && this.save(), TRY_AGAIN);
  }

  /** The console has what was sent as `seq`. */
  took(call, seq) {
    if (call === this.#call) {
      this.#seen = Math.max(this.#seen, seq);
      this.#kept = Math.max(this.#kept, seq);
      if (this.#kept < this.#seq) return;
      if (!this.#dirty) dropCopy(call);
      this.#tell("kept", Date.now());
    } else dropCopy(call);
    this.#others.postMessage({ call, seq });
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
