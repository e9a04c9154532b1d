// The agent's desk: everything on it is what the live feed says; buttons ask, the feed answers.
import { duration, onTick } from "../clock.js";
import { drawWaiting } from "../counts.js";
import { ask, drawAnswer } from "../commands.js";
import { byId, dress, say, setShape, show } from "../dom.js";
import { since, start } from "../shell.js";
import { fill, words } from "../words.js";
import { drawActions, setUpActions } from "./actions.js";
import { drawCall, tickCall } from "./call_card.js";
import { drawCustomer } from "./customer.js";
import { setUpDialogs } from "./dialogs.js";
import { setUpKeys } from "./keys.js";
import { setUpKnowledge } from "./knowledge_panel.js";
import { answerOwnCall, phoneOf, setUpPhone } from "./own_phone.js";
import { setUpPassOn } from "./pass_on.js";
import { bindRecord, openRecord, recordNow, setUpRecord } from "./record.js";
import { drawRevisit, revisitShown, setUpRevisit } from "./revisit.js";
import { drawScript, knowCustomers } from "./script.js";

let state = {};
let callShown;

function render(now) {
  state = now;
  const me = state.me;
  if (!me) return;
  drawState(me);
  drawDay(me.today);
  drawWaiting(state.waiting);
  drawAfterCall(me);
  bindRecord(me);
  drawCall(me);
  knowCustomers(state.pop?.customers ?? []);
  drawCustomer(state.pop, me);
  drawScript(me);
  drawActions(me);
  answerOwnCall(me);
  drawAnswer(state.asked);
  drawRevisit(me);
  drawWork(me);
  tick();
}

function drawState(me) {
  const mine = byId("my-state");
  dress(mine, `my-state state-${me.state}`);
  setShape(mine.querySelector("svg"), me.state);
  say(mine.querySelector(".word"), words.states[me.state]);
  say(byId("my-reason"), me.reason ? (words.breaks[me.reason] ?? me.reason) : "");
  if (phoneOf()) return;
  const device = byId("device");
  dress(device, `device state-${me.device_present ? "ready" : "device_gone"}`);
  setShape(device.querySelector("svg"), me.device_present ? "ready" : "device_gone");
  say(device.querySelector(".word"), me.device_present ? words.device_here : words.device_gone);
}

function drawDay(today) {
  say(byId("day-answered"), String(today.answered));
  say(byId("day-missed"), String(today.missed));
  say(byId("day-talk"), today.talk === null ? "–" : duration(today.talk * 1000));
  say(byId("day-within"), today.within === null ? "–" : `${today.within} %`);
  say(byId("day-score"), today.score === null ? "–" : today.score.toFixed(1));
}

function drawAfterCall(me) {
  const wish = me.after_call ?? "";
  const reason = wish.slice("break:".length);
  const text = wish === "sign_out" ? words.after_sign_out
    : wish.startsWith("sign_out:") ? fill(words.after_sign_out_for, { reason: wish.slice("sign_out:".length) })
    : wish.startsWith("break:") ? fill(words.after_break, { reason: words.breaks[reason] ?? reason }) : "";
  say(byId("after-call"), text);
  show(byId("after-call"), text !== "");
}

/** The middle shows the questions of a revisit, the record while there is one to write, and else the day's calls. */
function drawWork(me) {
  const asks = revisitShown(me);
  const writes = recordNow() !== null && !asks;
  show(byId("call-work"), writes);
  show(byId("idle-work"), !writes && !asks);
  show(byId("revisit"), !writes);
  const shown = `${me.call?.id ?? ""} ${me.state}`;
  if (callShown !== undefined && shown !== callShown && me.state !== "offered") refreshRecent();
  callShown = shown;
}

function tick() {
  const me = state.me;
  if (!me || !byId("my-clock")) return; // the page is emptied when the session ends
  say(byId("my-clock"), since(me.since));
  say(byId("idle-clock"), since(me.since));
  tickCall(me);
}

async function refreshRecent() {
  const place = byId("recent");
  const answer = await fetch(place.dataset.from, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  place.replaceChildren(...page.body.childNodes);
}

byId("recent").addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-record]");
  if (chosen) openRecord(Number(chosen.dataset.record));
});

const redraw = () => render(state);
setUpRecord(redraw, refreshRecent);
setUpActions(ask);
setUpDialogs();
setUpRevisit(redraw);
setUpPassOn();
setUpKeys();
setUpKnowledge();
setUpPhone(redraw);
onTick(tick);
const asked = /^#record-(\d{1,18})$/.exec(location.hash); // from a case whose record is to be corrected
if (asked) openRecord(Number(asked[1]));
start("desk", render);
