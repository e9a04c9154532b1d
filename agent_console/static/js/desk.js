// The agent's desk: state, call, rings and figures as the engine writes them; buttons ask, the feed answers.
import { duration, onTick, serverNow } from "./clock.js";
import { drawWaiting } from "./counts.js";
import { ask, drawAnswer, mayAsk } from "./commands.js";
import { byId, dress, say, setShape, show } from "./dom.js";
import { setUpKeys } from "./keys.js";
import { incoming, ringOf, since, start } from "./shell.js";
import { fill, words } from "./words.js";

let state = {};
let call = null;
let callShown;

function render(now) {
  state = now;
  const me = state.me;
  if (!me) return;
  drawState(me);
  drawCall(me);
  drawDay(me.today);
  drawWaiting(state.waiting);
  drawAfterCall(me);
  document.querySelectorAll("[data-command]").forEach((button) => drawButton(button, me));
  drawAnswer(state.asked);
  tick();
}

function drawState(me) {
  const mine = byId("my-state");
  dress(mine, `my-state state-${me.state}`);
  setShape(mine.querySelector("svg"), me.state);
  say(mine.querySelector(".word"), words.states[me.state]);
  say(byId("my-reason"), me.reason ? (words.breaks[me.reason] ?? me.reason) : "");
  const device = byId("device");
  dress(device, `device state-${me.device_present ? "ready" : "device_gone"}`);
  setShape(device.querySelector("svg"), me.device_present ? "ready" : "device_gone");
  say(device.querySelector(".word"), me.device_present ? words.device_here : words.device_gone);
}

function drawCall(me) {
  call = me.call;
  const rings = me.state === "offered" && call !== null;
  if (rings && !document.body.classList.contains("rings-now")) {
    document.querySelectorAll("dialog[open]:not(#signed-out)").forEach((dialog) => dialog.close());
  }
  show(byId("no-call"), call === null);
  show(byId("call"), call !== null);
  dress(byId("call-panel"), `panel call-panel${rings ? " ringing" : ""}${call?.alarm && me.state !== "wrap_up" ? " alarm" : ""}`);
  document.body.classList.toggle("rings-now", rings);
  dress(byId("idle-state"), `state-${me.state}`);
  setShape(byId("idle-state").firstElementChild, me.state);
  say(byId("idle-word"), words.states[me.state]);
  say(byId("idle-hint"), words.hints[me.state] ?? "");
  if (call) {
    say(byId("call-queue"), words.queues[call.queue] ?? call.queue ?? "");
    say(byId("call-number"), call.number ?? words.no_number);
    say(byId("call-path"), call.path.map(([key, text]) => (text ? `${key} ${text}` : key)).join(" › ") || "–");
    const other = call.language !== words.first_language;
    show(byId("call-language"), other);
    say(byId("call-language"), other ? (words.languages[call.language] ?? call.language) : "");
    show(byId("call-returned"), call.returned && me.state !== "wrap_up");
    say(byId("call-returned"), words.returned);
  }
  show(byId("rings"), rings);
  if (!rings) say(byId("announce"), ""); // it holds the whole number
  if (!rings && me.state !== "talking") document.querySelector(".banner.note")?.remove(); // said of the call
  show(byId("call-clock"), call !== null && !rings);
  const shown = call ? `${call.id} ${me.state}` : "";
  if (callShown !== undefined && shown !== callShown && !rings) refreshRecent();
  callShown = shown;
}

function drawDay(today) {
  say(byId("day-answered"), String(today.answered));
  say(byId("day-missed"), String(today.missed));
  say(byId("day-talk"), today.talk === null ? "–" : duration(today.talk * 1000));
  say(byId("day-score"), today.score === null ? "–" : today.score.toFixed(1));
}

function drawAfterCall(me) {
  const wish = me.after_call ?? "";
  const reason = wish.slice("break:".length);
  const text = wish === "sign_out" ? words.after_sign_out
    : wish.startsWith("break:") ? fill(words.after_break, { reason: words.breaks[reason] ?? reason }) : "";
  say(byId("after-call"), text);
  show(byId("after-call"), text !== "");
}

function drawButton(button, me) {
  const kind = button.dataset.command;
  button.disabled = !mayAsk(kind, me);
  button.classList.toggle("primary", kind === words.next_action[me.state] && !button.disabled);
}

function tick() {
  const me = state.me;
  if (!me) return;
  say(byId("my-clock"), since(me.since));
  say(byId("idle-clock"), since(me.since));
  if (!call) return;
  const waitedUntil = call.talk_at ?? call.ended_at ?? serverNow();
  say(byId("call-waited"), duration(waitedUntil - call.queued_at));
  if (me.state === "offered") drawRings();
  else if (me.state === "wrap_up" && me.wrap_up_until !== null) {
    const left = Math.ceil((me.wrap_up_until - serverNow()) / 1000);
    say(byId("call-clock"), left > 0 ? fill(words.wrap_up_left, { seconds: left }) : words.wrap_up_over);
  } else say(byId("call-clock"), since(me.state === "talking" ? me.since : call.talk_at));
}

function drawRings() {
  const ring = ringOf(call);
  byId("rings").querySelectorAll("li").forEach((circle, place) => circle.classList.toggle("on", place < ring));
  const text = ring ? fill(words.ring, { n: ring }) : words.dialling;
  say(byId("ring-word"), text);
  say(byId("announce"), `${incoming(call)} ${call.number ?? words.no_number} ${text}`);
  const circles = "①②③④⑤⑥⑦⑧⑨";
  document.title = `${ring ? (circles[ring - 1] ?? ring) : "…"} ${incoming(call)}`;
}

async function refreshRecent() {
  const place = byId("recent");
  const answer = await fetch(place.dataset.from, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  place.replaceChildren(...page.body.childNodes);
}

setUpKeys((kind) => ask(kind));
onTick(tick);
start("desk", render);
