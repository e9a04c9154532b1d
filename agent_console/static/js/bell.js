// The bell: how many notices are not read yet. And / leads to the search in the head, from anywhere.
import { byId, say, show } from "./dom.js";

const TYPING = "input, select, textarea, [contenteditable], dialog[open]";

/** Show how many notices wait; `notices` is {count, newest, urgent}. */
export function drawBell(notices) {
  const bell = byId("bell");
  if (!bell || !notices) return;
  const count = byId("bell-count");
  say(count, notices.count > 99 ? "99+" : String(notices.count));
  show(count, notices.count > 0);
  bell.classList.toggle("presses", notices.urgent);
}

document.addEventListener("keydown", (event) => {
  const field = byId("top-q");
  if (event.key !== "/" || !field || event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest(TYPING)) return;
  event.preventDefault();
  field.select();
  field.focus();
});
