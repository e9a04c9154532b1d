// The part of the page that tells how far calls to customers are: fetched anew while somebody looks at it.
import { byId } from "../dom.js";
import { start } from "../shell.js";

const EVERY = 5000;
const place = byId("revisit-progress");

async function draw() {
  if (document.hidden) return;
  const answer = await fetch(place.dataset.part, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (!answer?.ok) return; // the banner of the feed says what is wrong
  const text = await answer.text();
  if (place.contains(document.activeElement)) return; // a link that has the focus keeps it
  const page = new DOMParser().parseFromString(text, "text/html");
  place.replaceChildren(...page.body.childNodes);
}

setInterval(draw, EVERY);
start("revisits");
