/* Planned outages: the tree of addresses counts and narrows down; how far it is comes anew while it goes on. */

import { start } from "./shell.js";

const EVERY = 3000; // ms

const tree = document.getElementById("tree");
if (tree) {
  const said = document.getElementById("chosen-count");
  const boxes = [...tree.querySelectorAll("input[type=checkbox]")];
  const count = () => {
    let customers = 0;
    for (const compound of tree.querySelectorAll(".compound")) {
      const whole = compound.querySelector("[data-whole]");
      const own = [...compound.querySelectorAll("input:not([data-whole])")];
      for (const box of own) box.disabled = whole.checked;
      const counted = whole.checked ? [whole] : own.filter((box) => box.checked);
      for (const box of counted) customers += Number(box.dataset.customers);
    }
    said.textContent = customers ? said.dataset.words.replace("{count}", customers) : "";
  };
  for (const box of boxes) box.addEventListener("change", count);
  count();
  const find = document.getElementById("tree-find");
  const narrow = () => {
    const wanted = find.value.trim().toLowerCase();
    let any = false;
    for (const compound of tree.querySelectorAll(".compound")) {
      compound.hidden = !compound.dataset.name.toLowerCase().includes(wanted);
      any ||= !compound.hidden;
    }
    document.getElementById("tree-none").hidden = any;
  };
  find.addEventListener("input", narrow);
  narrow(); // what was typed before this was here, or stayed in the field
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

const part = document.getElementById("outage-part");
const goesOn = () => part.querySelector("[data-goes-on]")?.dataset.goesOn === "yes";
const again = async () => {
  try {
    const answer = await fetch(part.dataset.part, { headers: { "X-Requested-With": "fetch" } });
    if (answer.ok && !part.contains(document.activeElement)) {
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
      part.replaceChildren(...parsed.body.childNodes);
    }
  } catch {
    // The console is away for a moment: the page's own banner says so.
  }
  if (goesOn()) setTimeout(again, EVERY);
};
if (part) {
  if (goesOn()) setTimeout(again, EVERY);
  part.addEventListener("submit", (event) => {
    const sure = event.target.dataset.sure;
    if (sure && !confirm(sure)) event.preventDefault();
  });
}

start("outages");
