// The call's column: who calls, the rings, the talk against three minutes, hold, consult, what is still missing.
import { duration, serverNow } from "../clock.js";
import { byId, dress, say, setShape, show } from "../dom.js";
import { endNotification, notify } from "../phone/attention.js";
import { incoming, ringOf, since } from "../shell.js";
import { fill, words } from "../words.js";
import { phoneOf } from "./own_phone.js";
import { missingNow } from "./record.js";

let inCall = false; // what was drawn last

/** Show the call as it is. */
export function drawCall(me) {
  const call = me.call;
  const rings = me.state === "offered" && call !== null;
  const talks = me.state === "talking" && call !== null;
  const alarm = Boolean(call?.alarm) && me.state !== "wrap_up";
  if (!rings && !me.asked_back) endNotification();
  if (rings && !document.body.classList.contains("rings-now")) {
    notify(incoming(call), call.path.map(([, text]) => text).filter(Boolean).join(" › "));
    document.querySelectorAll("dialog[open]:not(#signed-out)").forEach((dialog) => dialog.close());
  }
  if (!talks) document.querySelectorAll("#hold-dialog, #end-dialog, .pass-on").forEach((dialog) => dialog.open && dialog.close());
  dress(byId("call-panel"), `panel call-panel${rings ? " ringing" : ""}${alarm ? " alarm" : ""}`);
  document.body.classList.toggle("rings-now", rings);
  document.body.classList.toggle("alarm-now", alarm);
  show(byId("no-call"), call === null);
  show(byId("call"), call !== null);
  drawIdle(me);
  if (call) drawWho(me, call);
  show(byId("rings"), rings);
  show(byId("answer-hint"), rings && !phoneOf());
  if (!rings) say(byId("announce"), ""); // it holds the whole number
  // Said of the call, and over with it; the first state told may still be that of before the call.
  if (inCall && !rings && !talks) document.querySelector(".banner.note:not([id])")?.remove();
  inCall = rings || talks;
  show(byId("talk"), call !== null && !rings);
  drawInside(talks ? call : null);
  drawMissing(me);
}

function drawIdle(me) {
  dress(byId("idle-state"), `state-${me.state}`);
  setShape(byId("idle-state").firstElementChild, me.state);
  say(byId("idle-word"), words.states[me.state]);
  say(byId("idle-hint"), words.hints[me.state] ?? "");
  const faster = me.elsewhere;
  say(byId("elsewhere"), !faster ? "" : faster.who ? fill(words.answered_by, faster) : words.answered_by_duty);
  show(byId("elsewhere"), Boolean(faster));
}

function drawWho(me, call) {
  const out = call.direction === "outbound";
  say(byId("call-queue"), out ? words.outbound : (words.queues[call.queue] ?? call.queue ?? ""));
  show(byId("call-facts"), !out);
  say(byId("call-number"), call.number ?? words.no_number);
  say(byId("call-path"), call.path.map(([key, text]) => (text ? `${key} ${text}` : key)).join(" › ") || "–");
  const other = call.language !== words.first_language;
  show(byId("call-language"), other);
  say(byId("call-language"), other ? (words.languages[call.language] ?? call.language) : "");
  show(byId("call-returned"), call.returned && me.state !== "wrap_up");
  say(byId("call-returned"), words.returned);
  const [from, text] = byId("call-note").children;
  say(from, call.note ? fill(words.note_from, { who: call.note.from }) : "");
  say(text, call.note?.text ?? "");
  show(byId("call-note"), Boolean(call.note));
}

/** Hold, consult, three-way, mute: what goes on inside a conversation. */
function drawInside(call) {
  show(byId("hold"), Boolean(call?.held_since) && !call?.consult);
  show(byId("muted"), Boolean(call?.muted));
  const consult = call?.consult ?? null;
  show(byId("consult"), consult !== null || Boolean(call?.three_way));
  if (!consult && !call?.three_way) return;
  say(byId("consult-word"), call.three_way ? words.three_way : consult.state === "talking" ? words.consult_talking : words.consult_ringing);
  say(byId("consult-to"), consult?.to ?? "");
  say(byId("consult-hint"), call.three_way ? words.three_way_now : words.consult_hint);
}

/** In wrap-up: what the record still lacks. */
function drawMissing(me) {
  const wraps = me.state === "wrap_up" && me.call !== null;
  show(byId("missing"), wraps);
  if (!wraps) return;
  const { complete, text, first } = missingNow();
  say(byId("missing-list"), text);
  show(byId("fill-in"), first !== "");
  say(byId("fill-in").firstChild, `${fill(words.fill_in, { field: words.fields[first] ?? "" })} `);
  dress(byId("missing"), `missing${complete ? " complete" : ""}`);
}

/** Let the call's clocks go on. */
export function tickCall(me) {
  const call = me.call;
  if (!call) return;
  const waitedUntil = call.talk_at ?? call.ended_at ?? serverNow();
  say(byId("call-waited"), duration(waitedUntil - call.queued_at));
  if (me.state === "offered") return tickRings(call);
  if (me.state === "wrap_up" && me.wrap_up_until !== null) return tickWrapUp(me);
  tickTalk(me, call);
}

function tickTalk(me, call) {
  const begun = me.state === "talking" ? me.since : call.talk_at;
  say(byId("call-clock"), call.dialling ? "" : since(begun));
  const goal = words.talk_goal * 1000;
  const talked = begun === null ? 0 : serverNow() - begun;
  const bar = byId("talk-bar");
  bar.value = Math.min(100, (100 * talked) / goal);
  const over = talked > goal;
  dress(byId("talk"), over ? "talk over" : "talk");
  if (call.dialling) say(byId("talk-goal"), words.dialling_out);
  else say(byId("talk-goal"), over ? fill(words.over_goal, { time: duration(talked - goal) }) : fill(words.of_goal, { time: duration(goal) }));
  show(bar, !call.dialling);
  if (call.held_since) tickHold(call);
  if (call.consult) say(byId("consult-clock"), since(call.consult.since));
  else say(byId("consult-clock"), "");
}

function tickHold(call) {
  const held = serverNow() - call.held_since;
  const limit = (call.hold_limit ?? 60) * 1000;
  say(byId("hold-clock"), duration(held));
  say(byId("hold-limit"), fill(words.hold_of, { time: duration(limit), n: call.hold_count || 1 }));
  dress(byId("hold"), held >= limit ? "in-call warnable warns" : "in-call warnable");
  say(byId("hold-hint"), held >= limit ? words.hold_over : words.hold_hint);
}

function tickWrapUp(me) {
  const left = Math.ceil((me.wrap_up_until - serverNow()) / 1000);
  say(byId("call-clock"), left > 0 ? fill(words.wrap_up_left, { seconds: left }) : words.wrap_up_over);
  say(byId("talk-goal"), "");
  dress(byId("talk"), "talk");
  show(byId("talk-bar"), false);
}

function tickRings(call) {
  const ring = ringOf(call);
  byId("rings").querySelectorAll("li").forEach((circle, place) => circle.classList.toggle("on", place < ring));
  const text = ring ? fill(words.ring, { n: ring }) : words.dialling;
  say(byId("ring-word"), text);
  say(byId("announce"), `${incoming(call)} ${call.number ?? words.no_number} ${text}`);
  const circles = "①②③④⑤⑥⑦⑧⑨";
  document.title = `${ring ? (circles[ring - 1] ?? ring) : "…"} ${incoming(call)}`;
}
