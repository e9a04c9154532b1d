// Single keys. They rest while something is typed or a dialog is open, and can be turned off; Ctrl+S always works.
import { byId } from "../dom.js";
import { saveRecord } from "./record.js";
import { sayNextLine } from "./script.js";

const KEPT = "hotline-keys";
const TYPING = "input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]";

/** Let keys press the buttons that carry them. */
export function setUpKeys() {
  const on = byId("keys-on");
  on.checked = localStorage.getItem(KEPT) !== "off";
  on.addEventListener("change", () => localStorage.setItem(KEPT, on.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      if (!document.querySelector("dialog[open]")) saveRecord();
      return;
    }
    const typing = pressedAt(event).closest(TYPING);
    if (event.key === "Escape" && typing && !typing.closest("dialog")) return typing.blur();
    if (event.defaultPrevented || !on.checked || event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (typing || document.querySelector("dialog[open]")) return;
    press(event);
  });
}

/** Where a key is meant for: a dialog that was closed a moment ago has the focus until the page is drawn anew. */
function pressedAt(event) {
  return event.target.closest("dialog:not([open])") ? document.body : event.target;
}

function press(event) {
  if (event.key === "?") {
    event.preventDefault();
    return byId("keys-dialog").showModal();
  }
  const key = event.key.toUpperCase();
  if (key === "S") return sayNextLine();
  if (key === "K") return find(event);
  const button = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((one) => !one.hidden && !one.disabled);
  if (!button) return;
  event.preventDefault();
  button.click();
}

function find(event) {
  const field = document.querySelector("#knowledge input");
  if (!field) return;
  event.preventDefault();
  field.focus();
}
