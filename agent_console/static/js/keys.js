// Single keys and the two dialogs of the desk. Keys do nothing while something is typed, and can be turned off.
import { byId } from "./dom.js";
import { ask } from "./commands.js";

const KEPT = "hotline-keys";

/** Let buttons and keys do their work. */
export function setUpKeys(press) {
  const on = byId("keys-on");
  on.checked = localStorage.getItem(KEPT) !== "off";
  on.addEventListener("change", () => localStorage.setItem(KEPT, on.checked ? "on" : "off"));
  byId("show-keys").addEventListener("click", () => byId("keys-dialog").showModal());
  document.querySelectorAll("[data-command]").forEach((button) =>
    button.addEventListener("click", () => (button.dataset.command === "break" ? askBreak() : press(button.dataset.command))),
  );
  setUpBreak();
  document.addEventListener("keydown", (event) => {
    if (!on.checked || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input, select, textarea, dialog[open]")) return;
    if (event.key === "?") byId("keys-dialog").showModal();
    const button = document.querySelector(`[data-key="${CSS.escape(event.key.toUpperCase())}"]`);
    if (!button || button.disabled || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    button.click();
  });
}

function askBreak() {
  const form = byId("break-form");
  form.reset();
  byId("break-dialog").showModal();
  form.querySelector("input[name=reason]").focus();
}

function setUpBreak() {
  const dialog = byId("break-dialog");
  const form = byId("break-form");
  form.addEventListener("keydown", (event) => {
    const choice = event.target.id === "break-text" ? null : form.querySelectorAll("input[name=reason]")[Number(event.key) - 1];
    if (!choice) return;
    choice.checked = true;
    choice.focus();
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "ok") ask("break", { reason: form.text.value.trim() || form.reason.value });
    dialog.returnValue = "";
  });
}
