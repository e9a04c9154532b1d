// The telephone of /try: dials the hotline as a customer would. Every visit has a key of its own.
import { duration } from "../clock.js";
import { byId, say, show } from "../dom.js";
import { words } from "../words.js";
import { Leg } from "./leg.js";
import { Line } from "./line.js";
import { NoMicrophone, Sound } from "./sound.js";

const sound = new Sound();
let line = null;
let leg = null;
let began = null;
let asking = null;

function draw(state) {
  byId("display").dataset.state = state;
  say(byId("call-state"), words.try_states[state]);
  const up = ["starting", "dialling", "ringing", "talking"].includes(state);
  show(byId("dial"), !up);
  show(byId("hang-up"), up);
  for (const id of ["from", "number"]) byId(id).disabled = up;
}

function trouble(text) {
  say(byId("trouble"), text);
  show(byId("trouble"), text !== "");
}

async function post(path, fields = {}, keepalive = false) {
  const headers = { "X-CSRFToken": document.querySelector("meta[name=csrf]").content, "X-Requested-With": "fetch" };
  return fetch(path, { method: "POST", headers, body: new URLSearchParams(fields), keepalive });
}

async function newLine() {
  const answer = await post("/try/key", { number: byId("from").value }).catch(() => null);
  const told = (await answer?.json().catch(() => null)) ?? {};
  if (!answer?.ok) throw new Error(told.error ?? words.try_failed);
  clearInterval(asking);
  asking = setInterval(() => post("/try/still-here").catch(() => {}), told.ask_every * 1000);
  const made = new Line(told, { registers: false });
  await new Promise((done, fail) => {
    made.addEventListener("connected", done, { once: true });
    setTimeout(() => fail(new Error(words.phone_troubles.network)), 8000);
    made.start();
  });
  return made;
}

async function dial() {
  trouble("");
  draw("starting");
  say(byId("pressed"), "");
  try {
    await sound.open();
    line?.stop();
    line = await newLine();
    call(byId("number").value.replace(/[^0-9*#+]/g, ""), 0);
  } catch (error) {
    trouble(error instanceof NoMicrophone ? words.phone_troubles[error.word] : error.message);
    over("failed");
  }
}

/** The PBX is given a new telephone's key within a second of its making: until then it says 401. */
function call(number, tries) {
  const mine = new Leg(line.call(number, sound.stream), sound);
  leg = mine;
  draw("dialling");
  mine.session.on("progress", () => leg === mine && draw("ringing"));
  mine.addEventListener("up", () => {
    began = Date.now();
    draw("talking");
  });
  mine.addEventListener("over", ({ detail }) => {
    if (leg !== mine) return;
    if (!mine.up && detail === "Authentication Error" && tries < 8) {
      return setTimeout(() => leg === mine && call(number, tries + 1), 300);
    }
    over(mine.up || detail === "Canceled" ? "ended" : "failed");
  });
}

function over(state) {
  leg = null;
  began = null;
  clearInterval(asking);
  if (line) post("/try/leave", {}, true).catch(() => {}); // otherwise its time takes it away
  line?.stop();
  line = null;
  sound.close();
  draw(state);
}

function hangUp() {
  if (leg && !leg.over) leg.hangUp();
  else over("ended");
}

function press(key) {
  const button = document.querySelector(`.key[data-key="${CSS.escape(key)}"]`);
  button?.classList.add("down");
  setTimeout(() => button?.classList.remove("down"), 150);
  if (leg?.up) {
    leg.press(key);
    say(byId("pressed"), (byId("pressed").textContent + key).slice(-14));
  } else if (!leg) {
    byId("number").value = (byId("number").value + key).slice(0, 24);
  }
}

byId("dial").addEventListener("click", dial);
byId("hang-up").addEventListener("click", hangUp);
document.querySelectorAll(".key").forEach((button) => button.addEventListener("click", () => press(button.dataset.key)));
document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, select") || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (/^[0-9*#]$/.test(event.key)) press(event.key);
});
addEventListener("pagehide", () => (leg ? leg.hangUp() : over("ended")));
setInterval(() => {
  byId("mine").value = sound.level("mine");
  byId("theirs").value = sound.level("theirs");
  say(byId("call-clock"), began === null ? "" : duration(Date.now() - began));
}, 100);
