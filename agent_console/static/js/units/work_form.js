// Forms of work on a case: sent by script, so that a failed post loses nothing that was typed.
import { byId, say, show } from "../dom.js";
import { fill, words } from "../words.js";

const KEPT = "hotline-work-";

function kept(name) {
  try {
    return localStorage.getItem(KEPT + name);
  } catch {
    return null; // storage is switched off: then the text lives in the page only
  }
}

function keep(name, text) {
  try {
    if (text) localStorage.setItem(KEPT + name, text);
    else localStorage.removeItem(KEPT + name);
  } catch {
    // see above
  }
}

/** The element of a form that says what is wrong, or what was done. */
const place = (form, name) => form.querySelector(`.work-${name}`);

function tell(form, text, bad) {
  const [here, other] = bad ? [place(form, "mistake"), place(form, "said")] : [place(form, "said"), place(form, "mistake")];
  show(other, false);
  say(here, text);
  show(here, Boolean(text));
  if (bad && text) here.focus();
}

function busy(form, is) {
  form.querySelectorAll("button").forEach((button) => { button.disabled = is; });
}

/** Post a form; gives what was answered where it was done. Else the page says why not; nothing typed is lost. */
async function send(form, body) {
  tell(form, words.sending, false);
  busy(form, true);
  try {
    const answer = await fetch(form.action, { method: "POST", headers: { "X-Requested-With": "fetch" }, body });
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) return told;
    tell(form, told.error ?? words.failed, true);
  } catch {
    tell(form, words.not_sent, true);
  } finally {
    busy(form, false);
  }
  return null;
}

function watchSteps(form, done) {
  const box = form.querySelector("textarea");
  const name = form.dataset.work;
  if (box && !box.value) box.value = kept(name) ?? "";
  box?.addEventListener("input", () => keep(name, box.value));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (button && "needsText" in button.dataset && !box.value.trim()) {
      tell(form, words.text_missing, true);
      box.focus();
      return;
    }
    const body = new URLSearchParams(new FormData(form));
    if (button) body.set(button.name, button.value);
    const told = await send(form, body);
    if (!told) return;
    keep(name, "");
    if (box) box.value = "";
    done(told);
  });
}

function watchPhotos(form, done) {
  const input = form.querySelector("input[type=file]");
  const largest = Number(form.dataset.largest);
  form.classList.add("scripted");
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    const size = file.size / 1024 / 1024;
    if (size > largest) {
      tell(form, fill(words.too_large, { size: size.toFixed(0) }), true);
      input.value = "";
      return;
    }
    const told = await send(form, new FormData(form));
    input.value = "";
    if (told) done(told);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
}

/** Take over the forms of the page; `done` is given what was answered when one was accepted. */
export function watchForms(done) {
  document.querySelectorAll("form.work-form").forEach((form) => watchSteps(form, done));
  document.querySelectorAll("form.photo-form").forEach((form) => watchPhotos(form, done));
  byId("main").querySelector(".work-mistake:not([hidden])")?.focus();
}
