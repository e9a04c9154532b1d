// What every page of somebody who has signed in shows: alarms, trouble, a ringing call, the session's end.
import { duration, serverNow } from "./clock.js";
import { drawBell } from "./bell.js";
import { ask, drawAnswer } from "./commands.js";
import { byId, say, show } from "./dom.js";
import { follow } from "./live.js";
import { endNotification, notify } from "./phone/attention.js";
import { drawWhenLetGo } from "./under_the_hand.js";
import { fill, words } from "./words.js";

const title = document.title;

/** Follow the feed for a page that gives `render` for its own part. */
export function start(page, render = () => {}) {
  let up = true;
  let last = null; // until the feed has told anything
  const draw = () => {
    banners(last ?? {}, up, page);
    if (last) render(last);
  };
  follow(page, {
    changed: (state) => { last = state; drawWhenLetGo(draw); },
    connection: (now) => { if (now !== up) { up = now; drawWhenLetGo(draw); } },
    ended: sessionEnded,
  });
}

function banners(state, up, page) {
  const alarms = (state.waiting ?? []).find((queue) => queue.queue === words.alarm_queue)?.count ?? 0;
  banner("alarm-banner", alarms ? fill(words.alarm_waits, { n: alarms }) : "");
  banner("trouble-banner", trouble(state, up));
  askBack(Boolean(state.me?.asked_back));
  drawAnswer(state.asked);
  drawBell(state.notices);
  drawLine(state.notices?.line);
  const rings = state.me?.state === "offered" && state.me.call;
  const call = byId("call-banner");
  show(call, Boolean(rings) && page !== "desk");
  if (rings) say(call.firstElementChild, incoming(state.me.call));
  document.title = titleOf(state, alarms);
}

/** An alarm waits and this agent is on a break: one button ends it. */
function askBack(asked) {
  const element = byId("back-banner");
  if (asked && element.hidden) notify(words.asked_back);
  if (!asked && !element.hidden) endNotification();
  say(element.firstElementChild, asked ? words.asked_back : "");
  show(element, asked);
}

byId("come-back").addEventListener("click", () => ask("ready"));

/** What a supervisor tells all desks, until it is read. */
function drawLine(line) {
  const element = byId("line-banner");
  show(element, Boolean(line));
  if (!line) return;
  say(element.firstElementChild, line.text);
  element.querySelector("form").action = `/notices/${line.id}/read`;
}

function banner(id, text) {
  const element = byId(id);
  say(element, text);
  show(element, text !== "");
}

function trouble(state, up) {
  if (!up) return words.no_connection;
  if (state.database === false) return words.no_database;
  return { no_engine: words.no_engine, no_pbx: words.no_pbx }[state.engine] ?? "";
}

function titleOf(state, alarms) {
  const rings = state.me?.state === "offered" && state.me.call;
  if (rings) {
    const ring = ringOf(rings);
    return `${ring ? "⓪①②③④⑤⑥⑦⑧⑨"[ring] ?? ring : "…"} ${incoming(rings)}`;
  }
  return alarms ? `‼ ${fill(words.alarm_waits, { n: alarms })}` : title;
}

/** "Repair call": the wording of a call that rings. */
export function incoming(call) {
  return fill(words.incoming, { queue: words.queues[call.queue] ?? call.queue ?? "" });
}

/** Which ring it is: 1 at once, never above the count; 0 while the device does not ring. */
export function ringOf(call) {
  if (call.rung_at === null) return 0;
  const rung = (serverNow() - call.rung_at) / 1000;
  return Math.min(words.ring_count, Math.max(1, Math.floor(rung / words.ring_seconds) + 1));
}

function sessionEnded(end) {
  dispatchEvent(new CustomEvent("session-ended", { detail: end })); // the phone ends with it
  const dialog = byId("signed-out");
  say(byId("signed-out-text"), [words.ends[end.reason] ?? "", end.why ?? ""].filter(Boolean).join(" "));
  const at = end.at ? fill(words.at, { time: new Date(end.at).toLocaleTimeString(document.documentElement.lang, { timeZone: words.zone }) }) : "";
  say(byId("signed-out-when"), [at, end.address ? fill(words.from, { address: end.address }) : ""].join(" "));
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  if (!dialog.open) dialog.showModal();
  document.title = title;
  byId("main").replaceChildren(); // nothing of the session stays readable behind it
}

/** How long ago, as a clock. */
export const since = (milliseconds) => (milliseconds === null ? "" : duration(serverNow() - milliseconds));
