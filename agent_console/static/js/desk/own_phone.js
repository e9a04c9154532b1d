// The phone in the page: its state in the head, its microphone and speaker in a dialog, answering with a key.
import { byId, dress, make, say, setShape, show } from "../dom.js";
import { words } from "../words.js";

const STATES = { registered: "ready", ringing: "offered", in_call: "talking", connecting: "break" };
let phone = null;
let levels;

/** The phone of this page; null where the person's phone is another one. */
export const phoneOf = () => phone;

/** Whether a call rings in this page and can be answered here. */
export const ringsHere = () => phone?.state === "ringing";

/** Answer what rings here. */
export function answerCall() {
  phone?.answer();
}

/** A call the agent asked for is taken by itself: the phone rings only so that the line can begin. */
export function answerOwnCall(me) {
  const asked = me.state === "listening" || (me.state === "offered" && me.call?.direction === "outbound");
  if (asked && ringsHere()) phone.answer();
}

/** Start the phone if the person's phone is this page. */
export async function setUpPhone(redraw) {
  const dialog = byId("phone-dialog");
  if (!dialog) return;
  const { Phone } = await import("../phone/phone.js");
  phone = new Phone();
  const changed = () => {
    draw();
    redraw();
  };
  ["change", "trouble", "ringing", "ended"].forEach((kind) => phone.addEventListener(kind, changed));
  document.querySelector("[data-opens=phone-dialog]").addEventListener("click", () => open(dialog));
  dialog.addEventListener("close", () => clearInterval(levels));
  byId("microphone").addEventListener("change", ({ target }) => phone.useMicrophone(target.value));
  byId("speaker").addEventListener("change", ({ target }) => phone.useSpeaker(target.value));
  byId("test-call").addEventListener("click", () => (phone.testing ? phone.endTest() : phone.testCall()));
  byId("phone-again").addEventListener("click", () => phone.start());
  draw();
  phone.start();
}

function draw() {
  const device = byId("device");
  const state = STATES[phone.state] ?? "device_gone";
  dress(device, `quiet device state-${state}`);
  setShape(device.querySelector("svg"), state);
  say(device.querySelector(".word"), words.phone_states[phone.state]);
  say(byId("phone-state"), words.phone_states[phone.state]);
  const trouble = words.phone_troubles[phone.trouble] ?? "";
  say(byId("phone-trouble"), trouble);
  show(byId("phone-trouble"), trouble !== "");
  device.title = trouble;
  show(byId("phone-again"), phone.state === "off");
  byId("test-call").disabled = phone.state !== "registered" && !phone.testing;
}

async function open() {
  await list(byId("microphone"), phone.microphones());
  await list(byId("speaker"), phone.speakers());
  clearInterval(levels);
  levels = setInterval(() => { byId("level").value = phone.level(); }, 100);
}

async function list(select, devices) {
  const known = await devices;
  select.replaceChildren(...known.map((one) => {
    const option = make("option", "", one.name);
    option.value = one.id;
    option.selected = one.chosen;
    return option;
  }));
  show(select.parentElement, known.length > 0);
}
