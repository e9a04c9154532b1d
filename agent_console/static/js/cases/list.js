// The list of cases: its bars count by themselves; / searches, arrows choose, N turns the page.
import { start } from "../shell.js";
import { countTimeLeft } from "./time_left.js";

const links = () => [...document.querySelectorAll("#found .who a")];
const typing = (element) => element.closest("input, select, textarea, dialog[open]");

function move(step) {
  const all = links();
  if (!all.length) return;
  const here = all.indexOf(document.activeElement);
  const next = here === -1 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, here + step));
  all[next].focus();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !typing(event.target)) {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key.toUpperCase() === "N" && !typing(event.target)) {
    document.querySelector("a[rel=next]")?.click();
  }
});

countTimeLeft();
start("cases");
