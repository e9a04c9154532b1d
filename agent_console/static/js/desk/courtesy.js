// Courteous phrases by situation, those that belong to the moment of the call: opened over the record.
import { byId, keep, make, say, show } from "../dom.js";

let chosen = "";

byId("situations").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) choose(button.dataset.key === chosen ? "" : button.dataset.key);
});
document.addEventListener("click", (event) => {
  if (chosen && !event.target.closest("#courtesy")) choose("");
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !chosen) return;
  const within = byId("courtesy").contains(document.activeElement);
  const opener = byId("situations").querySelector("[aria-expanded=true]");
  choose("");
  if (within) opener.focus();
});

let situations = [];

/** Offer the situations of a moment; what was open stays open while it is among them. */
export function drawCourtesy(now) {
  situations = now;
  if (!situations.some((one) => one.id === chosen)) chosen = "";
  show(byId("courtesy"), situations.length > 0);
  draw();
}

function choose(id) {
  chosen = id;
  draw();
}

function draw() {
  keep(byId("situations"), situations, (one) => one.id, () => make("button", "small"), (button, one) => {
    button.type = "button";
    say(button, one.name);
    button.setAttribute("aria-expanded", String(one.id === chosen));
    button.setAttribute("aria-controls", "phrases");
  });
  const open = situations.find((one) => one.id === chosen);
  show(byId("phrases"), Boolean(open));
  if (!open) return;
  byId("phrases").setAttribute("aria-label", open.name);
  const list = byId("phrase-list");
  list.lang = open.language;
  keep(list, open.phrases, (one) => one.text, newPhrase, () => {});
}

function newPhrase(one) {
  const text = make("span", "", one.text);
  return one.avoid ? make("li", "", make("s", "avoid", one.avoid), " → ", text) : make("li", "", text);
}
