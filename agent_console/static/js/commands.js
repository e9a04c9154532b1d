// Wishes: a button's POST is answered with the command's id; what became of it comes by the live feed.
import { byId, dress, say } from "./dom.js";
import { fill, words } from "./words.js";

const PATIENCE = 3000;
let waitingFor = null;
let patience;

/** Whether asking for `kind` has a meaning in the agent's state; the engine decides. */
export function mayAsk(kind, me) {
  return words.may_ask[kind].includes(me.state);
}

/** Ask the engine for something; `fields` go along (the reason of a break). */
export function ask(kind, fields = {}) {
  return askAt(`/desk/commands/${kind}`, fields);
}

/** Ask for something at an address of one's own, such as that of an act on the floor. */
export async function askAt(address, fields = {}) {
  notice(words.asked);
  let answer;
  try {
    answer = await fetch(address, {
      method: "POST",
      headers: { "X-CSRFToken": document.querySelector("meta[name=csrf]").content, "X-Requested-With": "fetch" },
      body: new URLSearchParams(fields),
    });
  } catch {
    return notice(words.failed, true);
  }
  const told = await answer.json().catch(() => ({}));
  if (answer.status === 201) return notice(told.told ? fill(words.line_told, { n: told.told }) : words.line_told_nobody);
  if (answer.status !== 202) return notice(told.error ?? words.failed, true);
  waitingFor = told.command;
  clearTimeout(patience);
  patience = setTimeout(() => waitingFor !== null && notice(words.no_answer, true), PATIENCE);
  drawAnswer(latest);
}

let latest = null;

/** Show what became of the newest wish, if it is the one asked here. */
export function drawAnswer(asked) {
  latest = asked ?? latest;
  if (waitingFor === null || !latest || latest.id < waitingFor || !latest.done) return;
  clearTimeout(patience);
  waitingFor = null;
  const refusal = latest.refusal;
  notice(refusal ? fill(words.refused, { reason: words.refusals[refusal] ?? refusal }) : "", Boolean(refusal));
}

function notice(text, bad = false) {
  const element = byId("notice");
  if (!element) return say(byId("back-answer"), text); // a page without wishes of its own
  dress(element, bad ? "notice bad" : "notice");
  say(element, text);
}
