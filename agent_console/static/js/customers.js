// The archive's pages: keys for search, list and form; what comes by the feed is drawn by the shell.
import { start } from "./shell.js";

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
  if (event.isComposing) return; // Enter and arrows belong to the input method then
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    const save = document.querySelector("[data-key-save]");
    if (!save) return;
    event.preventDefault();
    save.click();
    return;
  }
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const search = document.getElementById("q");
  if (search && (event.key === "ArrowDown" || event.key === "ArrowUp") && (event.target === search || !typing(event.target))) {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
    return;
  }
  if (typing(event.target)) return;
  if (event.key === "/" && search) {
    event.preventDefault();
    search.select();
    search.focus();
    return;
  }
  const button = document.querySelector(`a[data-key="${CSS.escape(event.key.toUpperCase())}"]`);
  if (button) {
    event.preventDefault();
    button.click();
  }
});

document.querySelector("[aria-invalid=true]")?.focus();
start("customers");
