// The small dialogs: break, hold with consent, special end, calling out. Each asks one thing.
import { ask } from "../commands.js";
import { byId, say, show } from "../dom.js";
import { fill, words } from "../words.js";
import { callOutAbout } from "./record.js";
import { lineFor } from "./script.js";

const OPENING = { "hold-dialog": prepareHold, "end-dialog": prepareEnd, "call-out-dialog": prepareCallOut };

/** Let buttons open their dialogs, and dialogs ask. */
export function setUpDialogs() {
  document.querySelectorAll("[data-opens]").forEach((button) => button.addEventListener("click", () => {
    OPENING[button.dataset.opens]?.();
    byId(button.dataset.opens).showModal();
  }));
  choicesByKey(byId("break-form"), "reason", "break-text");
  choicesByKey(byId("end-form"), "reason", "end-text");
  done("break-dialog", () => {
    const form = byId("break-form");
    ask("break", { reason: form.text.value.trim() || form.reason.value });
  });
  done("hold-dialog", () => ask("hold", { consent: "true" }));
  done("end-dialog", () => ask("end_call", { reason: byId("end-form").reason.value, text: byId("end-form").text.value }));
  done("call-out-dialog", () => ask("call_out", Object.fromEntries(new FormData(byId("call-out-form")))));
  setUpHoldKey();
  setUpKeypad();
  refuseUntil(byId("end-form"), () => (byId("end-form").reason.value ? "" : words.choose_reason));
  refuseUntil(byId("call-out-form"), () => (byId("call-out-form").number.value.trim() ? "" : words.choose_number));
}

/** Ask for a break, with its reason. */
export function askBreak() {
  const form = byId("break-form");
  form.reset();
  byId("break-dialog").showModal();
  form.querySelector("input[name=reason]").focus();
}

/** Do something when a dialog was closed with its first button. */
export function done(id, then) {
  const dialog = byId(id);
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "ok") then();
    dialog.returnValue = "";
  });
}

/** Keep a form's dialog open, and say why, while `problem` finds one. */
export function refuseUntil(form, problem) {
  const place = form.querySelector("[role=alert]");
  form.addEventListener("submit", (event) => {
    const text = event.submitter?.value === "ok" ? problem() : "";
    say(place, text);
    show(place, text !== "");
    if (text) event.preventDefault();
  });
}

function choicesByKey(form, name, textId) {
  form.addEventListener("keydown", (event) => {
    const choice = event.target.id === textId ? null : form.querySelectorAll(`input[name=${name}]`)[Number(event.key) - 1];
    if (!choice) return;
    choice.checked = true;
    choice.focus();
  });
}

async function prepareHold() {
  const line = await lineFor("hold");
  if (line) say(byId("hold-line"), line);
}

/** The question is answered with the key that asked it. */
function setUpHoldKey() {
  byId("hold-dialog").addEventListener("keydown", (event) => {
    const dialog = event.currentTarget;
    if (!dialog.open || event.repeat || event.key.toUpperCase() !== "H") return;
    event.preventDefault();
    dialog.close("ok");
  });
}

function prepareEnd() {
  byId("end-form").reset();
  show(byId("end-error"), false);
}

function prepareCallOut() {
  const form = byId("call-out-form");
  form.reset();
  show(form.querySelector("[role=alert]"), false);
  const about = callOutAbout();
  form.number.value = about.number ?? "";
  form.customer_id.value = about.customer ?? "";
  form.case_id.value = about.case ?? "";
  say(byId("call-out-about"), about.what ? fill(words.call_about, { what: about.what }) : "");
  show(byId("call-out-about"), Boolean(about.what));
}

function setUpKeypad() {
  const form = byId("call-out-form");
  form.querySelectorAll("[data-digit]").forEach((key) => key.addEventListener("click", () => {
    form.number.value += key.dataset.digit;
  }));
  byId("call-out-delete").addEventListener("click", () => { form.number.value = form.number.value.slice(0, -1); });
}
