// To whom: colleagues with their states, queues, units, by right a number outside. One list, found by typing.
import { ask } from "../commands.js";
import { make, say, shape, show } from "../dom.js";
import { fill, words } from "../words.js";
import { refuseUntil } from "./dialogs.js";

const LOOK_AGAIN = 3000;

/** Let both dialogs, transfer and consult, list whom there is and ask. */
export function setUpPassOn() {
  document.querySelectorAll("dialog[data-pass-on]").forEach((dialog) => new PassOn(dialog));
}

class PassOn {
  #dialog;
  #form;
  #list;
  #targets = [];
  #looking;

  constructor(dialog) {
    this.#dialog = dialog;
    this.#form = dialog.querySelector("form");
    this.#list = dialog.querySelector(".targets");
    document.querySelector(`[data-opens=${dialog.id}]`).addEventListener("click", () => this.#open());
    this.#form.find.addEventListener("input", () => this.#draw());
    this.#form.addEventListener("keydown", (event) => this.#down(event));
    dialog.addEventListener("close", () => this.#closed());
    refuseUntil(this.#form, () => (this.#to() ? "" : words.choose_target));
  }

  #open() {
    this.#form.reset();
    this.#form.querySelector("[role=alert]").hidden = true;
    this.#draw();
    this.#look();
    this.#looking = setInterval(() => this.#look(), LOOK_AGAIN);
    setTimeout(() => this.#form.find.focus());
  }

  async #look() {
    const answer = await fetch("/desk/targets", { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    if (!answer?.ok) return;
    const told = await answer.json();
    this.#targets = [
      ...told.agents.map((one) => ({ kind: "agent", value: one.work_number, state: one.state, text: fill(words.person, one) })),
      ...told.queues.map((name) => ({ kind: "queue", value: name, text: words.queues[name] ?? name })),
      ...told.units.map((one) => ({ kind: "unit", value: String(one.id), text: one.name })),
    ];
    this.#draw();
  }

  /** The list as it is filtered; what was chosen stays chosen. */
  #draw() {
    const typed = this.#form.find.value.trim().toLowerCase();
    const chosen = this.#form.querySelector("input[name=target]:checked")?.value;
    const focused = this.#list.contains(document.activeElement) ? document.activeElement.value : null;
    const fitting = this.#targets.filter((one) => !typed || `${one.text} ${one.value}`.toLowerCase().includes(typed));
    const groups = [["agent", words.group_agents], ["queue", words.group_queues], ["unit", words.group_units]];
    this.#list.replaceChildren(...groups.flatMap(([kind, name]) => {
      const those = fitting.filter((one) => one.kind === kind);
      return those.length ? [make("p", "soft", name), ...those.map((one) => this.#choice(one, chosen))] : [];
    }));
    if (this.#targets.length && !fitting.length) this.#list.append(make("p", "soft", words.no_targets));
    if (focused) this.#list.querySelector(`input[value="${CSS.escape(focused)}"]`)?.focus();
  }

  #choice(one, chosen) {
    const input = make("input");
    Object.assign(input, { type: "radio", name: "target", value: `${one.kind}:${one.value}` });
    input.checked = input.value === chosen;
    const label = make("label", "choice", input, make("span", "", one.text));
    if (one.state) {
      const state = make("span", `target-state state-${one.state}`, shape(one.state), words.states[one.state]);
      label.append(state);
    }
    return label;
  }

  /** From the search field the arrow leads into the list, and Enter takes the only one that fits. */
  #down(event) {
    if (event.target !== this.#form.find) return;
    const all = this.#list.querySelectorAll("input");
    if (event.key === "ArrowDown" && all.length) {
      event.preventDefault();
      all[0].checked = true;
      all[0].focus();
    }
    if (event.key === "Enter" && all.length === 1) all[0].checked = true;
  }

  #to() {
    const outside = this.#form.outside?.value.trim();
    if (outside) return { to_kind: "outside", to_value: outside };
    const chosen = this.#form.querySelector("input[name=target]:checked")?.value;
    if (!chosen) return null;
    const cut = chosen.indexOf(":");
    return { to_kind: chosen.slice(0, cut), to_value: chosen.slice(cut + 1) };
  }

  #closed() {
    clearInterval(this.#looking);
    if (this.#dialog.returnValue === "ok") ask(this.#dialog.dataset.passOn, { ...this.#to(), note: this.#form.note.value });
    this.#dialog.returnValue = "";
  }
}
