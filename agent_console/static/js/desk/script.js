// What to say, by moment of the call, filled in with what is known; ticked as it is said, never moving by itself.
import { byId, dress, keep, make, say, show } from "../dom.js";
import { words } from "../words.js";
import { drawCourtesy } from "./courtesy.js";
import { recordNow } from "./record.js";

const PAUSE = 250;
let me = null;
let moment = ""; // chosen by the agent; "" is the call's first
let ofCall = null;
let facts = "";
const NOTHING = { moment: "", steps: [], lines: [], situations: [] };
let script = NOTHING;
let ticks = new Set();
let ticksOf = null;
let timer;

byId("moments").addEventListener("click", (event) => {
  const chosen = event.target.closest("button");
  if (chosen) go(chosen.dataset.key);
});
byId("lines").addEventListener("change", (event) => tick(event.target.value, event.target.checked));

/** Show the script of the call at hand. */
export function drawScript(now) {
  me = now;
  const record = recordNow();
  const call = record?.call ?? null;
  if (call !== ofCall) {
    [ofCall, moment, facts] = [call, "", ""];
    script = NOTHING;
  }
  if (record?.ready && ticksOf !== call) {
    ticksOf = call;
    ticks = new Set(record.ticks);
  }
  const live = me.call?.id === call && (me.state === "talking" || me.state === "offered");
  show(byId("script"), call !== null && live);
  if (!live) drawCourtesy([]);
  if (call === null || !live || !record.ready) return;
  const wanted = JSON.stringify([inside(), moment, factsNow(record)]);
  if (wanted !== facts) {
    const first = facts === "";
    facts = wanted;
    clearTimeout(timer);
    timer = setTimeout(load, first ? 0 : PAUSE);
  }
  draw();
}

/** What goes on in the call has a moment of its own, which wins over the chosen one. */
function inside() {
  const call = me?.call;
  if (!call) return "";
  if (call.three_way) return "three_way";
  if (call.consult) return "consult";
  return call.held_since ? "back_from_hold" : "";
}

function factsNow(record) {
  const { fields } = record;
  const call = me.call;
  const unit = byId("unit_id").selectedOptions[0];
  return {
    language: call?.language ?? "",
    kind: fields.kind,
    purpose: call?.direction === "outbound" ? "case" : "",
    returned: call?.returned ? "1" : "",
    transferred: call?.note ? "1" : "",
    surname: fields.surname,
    form_of_address: fields.form_of_address,
    address: fields.address,
    number: fields.contact_number,
    case_number: record.case?.number ?? "",
    unit: unit?.value ? unit.textContent : "",
    ...ofCustomer(fields.customer_id),
  };
}

function ofCustomer(id) {
  const known = popCustomers.find((one) => String(one.id) === id);
  return known ? { name: known.name, compound: known.compound ?? "", building: known.building ?? "", entrance: known.entrance ?? "", door: known.door ?? "" } : {};
}

let popCustomers = [];

/** Tell who might call, so that the address can be read out part by part. */
export function knowCustomers(customers) {
  popCustomers = customers;
}

async function ask(wanted) {
  const record = recordNow();
  if (!record?.ready) return null;
  const answer = await fetch("/script", {
    method: "POST",
    headers: { "X-CSRFToken": document.querySelector("meta[name=csrf]").content, "X-Requested-With": "fetch" },
    body: new URLSearchParams({ ...factsNow(record), ...(wanted ? { moment: wanted } : {}) }),
  }).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

async function load() {
  const asked = facts;
  const told = await ask(inside() || moment);
  if (told === null || asked !== facts) return;
  script = told;
  draw();
}

/** The first line of a moment, for a dialog. */
export async function lineFor(wanted) {
  const told = await ask(wanted);
  return told?.lines.find((line) => line.use === "say")?.text ?? "";
}

function draw() {
  keep(byId("moments"), script.steps, (step) => step.moment, () => make("button", ""), (button, step, place) => {
    button.type = "button";
    dress(button, step.moment === script.moment ? "now" : "");
    if (step.moment === script.moment) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
    say(button, `${place + 1} ${step.name}`);
  });
  keep(byId("lines"), script.lines, (line) => `${line.id} ${line.text}`, newLine, drawLine);
  drawCourtesy(script.situations);
}

function newLine(line) {
  const text = make("span", "line-text", line.text);
  const cue = make("span", "cue soft", line.cue ?? "");
  if (!line.tick) return make("li", `line ${line.use}`, cue, text);
  const box = make("input");
  Object.assign(box, { type: "checkbox", value: line.id });
  return make("li", `line ${line.use}`, make("label", "", box, cue, text));
}

function drawLine(item, line) {
  const box = item.querySelector("input");
  if (box) box.checked = ticks.has(line.id);
  item.classList.toggle("said", ticks.has(line.id));
  item.classList.toggle("mandated", line.mandated);
}

function go(wanted) {
  moment = wanted;
  drawScript(me);
}

async function tick(line, said) {
  if (said) ticks.add(line);
  else ticks.delete(line);
  draw();
  if (said && ofCall !== null && !inside() && script.lines.every((one) => !one.tick || ticks.has(one.id))) goOn();
  await fetch(`/desk/records/${ofCall}/ticks`, {
    method: "POST",
    keepalive: true,
    headers: { "X-CSRFToken": document.querySelector("meta[name=csrf]").content, "X-Requested-With": "fetch" },
    body: new URLSearchParams({ line, said: String(said) }),
  }).catch(() => null);
}

/** Everything of a moment is said: the next one is shown. */
function goOn() {
  const place = script.steps.findIndex((step) => step.moment === script.moment);
  const next = script.steps[place + 1];
  if (next) go(next.moment);
}

/** The key for "said": ticks the next line, and goes on after the last. */
export function sayNextLine() {
  if (byId("script").hidden || ofCall === null) return;
  const next = script.lines.find((line) => line.tick && !ticks.has(line.id));
  if (next) tick(next.id, true);
  else goOn();
}
