// Which buttons there are in which state, and which of them is the next thing to do.
import { mayAsk } from "../commands.js";
import { show } from "../dom.js";
import { words } from "../words.js";
import { askBreak } from "./dialogs.js";
import { answerCall, ringsHere } from "./own_phone.js";
import { goToMissing, missingNow } from "./record.js";
import { revisitShown } from "./revisit.js";

/** What goes along with a button that needs no dialog: a call out is given up before anybody has answered. */
const FIELDS = { end_call: { reason: "given_up" } };

/** Let buttons ask; those that open a dialog are the dialogs' own. */
export function setUpActions(press) {
  document.querySelectorAll("[data-command]").forEach((button) => button.addEventListener("click", () =>
    button.dataset.command === "break" ? askBreak() : press(button.dataset.command, FIELDS[button.dataset.command])));
  document.getElementById("answer").addEventListener("click", answerCall);
  document.getElementById("fill-in").addEventListener("click", goToMissing);
}

/** What can be done now: in talk, on hold, while consulting, and otherwise. */
function offered(me) {
  const call = me.call;
  if (call?.dialling && ["offered", "talking"].includes(me.state)) return { end_call: true };
  if (me.state !== "talking" || !call) {
    return { ready: ["break", "not_answering"].includes(me.state), end_wrap_up: me.state === "wrap_up" };
  }
  if (call.three_way) return { mute: !call.muted, unmute: call.muted, complete_transfer: true, end_consult: true };
  if (call.consult) {
    const talks = call.consult.state === "talking";
    return { complete_transfer: talks, three_way: talks, end_consult: true, mute: talks && !call.muted, unmute: call.muted };
  }
  const held = call.held_since !== null;
  return {
    resume: held,
    "hold-dialog": !held,
    mute: !held && !call.muted,
    unmute: call.muted,
    "transfer-dialog": true,
    "consult-dialog": true,
    invite_to_rate: !held,
    "end-dialog": !held,
  };
}

/** The one thing to do next; null where the agent waits for a call. */
function next(me, there) {
  if (there.resume) return "resume";
  if (revisitShown(me)) return null; // consent or the result, by their own buttons
  if (me.call?.consult && there.complete_transfer) return "complete_transfer";
  // A record that is complete is saved first; in wrap-up so is one that lacks something, by its own buttons.
  const record = missingNow();
  if (!record.saved && (me.state === "wrap_up" || record.complete)) return null;
  return words.next_action[me.state] ?? null;
}

/** Show the buttons of the moment. */
export function drawActions(me) {
  const there = offered(me);
  const first = next(me, there);
  document.querySelectorAll(".call-panel [data-command]").forEach((button) => {
    const kind = button.dataset.command;
    show(button, Boolean(there[kind]));
    button.disabled = !there[kind] || !mayAsk(kind, me);
    button.classList.toggle("primary", kind === first && !button.disabled);
  });
  document.querySelectorAll(".call-panel [data-opens]").forEach((button) => show(button, Boolean(there[button.dataset.opens])));
  const rest = document.querySelector(".desk-head [data-command=break]");
  rest.disabled = !mayAsk("break", me);
  show(document.querySelector("[data-opens=call-out-dialog]"), mayAsk("call_out", me));
  const answer = document.getElementById("answer");
  const rings = me.state === "offered" && ringsHere();
  show(answer, rings);
  answer.classList.toggle("primary", rings);
}
