// Imports of lists: a file that is too large is not even sent; while rows are at work the page follows them.
import { byId, say, show } from "./dom.js";
import { start } from "./shell.js";

const LOOK_EVERY = 700;

const upload = document.querySelector("form.upload");
upload?.addEventListener("submit", (event) => {
  const file = byId("file").files[0];
  const tooLarge = Boolean(file) && file.size > Number(upload.dataset.largest) * 1024 * 1024;
  show(byId("too-large"), tooLarge);
  if (tooLarge) event.preventDefault();
});

async function look(work) {
  let told;
  try {
    const answer = await fetch(work.dataset.progress, { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok) throw new Error();
    told = await answer.json();
  } catch {
    return setTimeout(look, LOOK_EVERY * 3, work); // the banner says that the console does not answer
  }
  if (told.state !== work.dataset.state) return location.reload();
  say(byId("done"), String(told.done));
  if (told.written !== undefined) say(byId("written"), String(told.written));
  if (told.rows) byId("bar").value = told.done;
  setTimeout(look, LOOK_EVERY, work);
}

const work = byId("work");
if (work) look(work);
start("customers");
