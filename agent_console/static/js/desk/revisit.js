// Calls to customers: the next one to look at, its questions while talking, and what it came to.
// The piece is drawn by the console; here it is fetched when the agent's call changes, and its buttons ask.
import { ask } from "../commands.js";
import { byId, show } from "../dom.js";

const LATER = 1600; // the engine settles a call that reached nobody within a second or so
const place = byId("revisit");
let changed = () => {};
let seen = "";
let answersOf = null; // the attempt whose answers are kept in `answers`
let answers = {};
let wantsRecord = false;
let timer;

/** @param redraw called when something that others show has changed */
export function setUpRevisit(redraw) {
  changed = redraw;
  place.addEventListener("click", clicked);
  place.addEventListener("change", picked);
  place.addEventListener("input", picked);
  place.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    const fields = new FormData(form, event.submitter);
    fields.forEach((_, name) => name.startsWith("q-") && form.querySelector(`[name="${CSS.escape(name)}"]`).closest("fieldset").hidden && fields.delete(name));
    send(`/${form.dataset.attempt}/result`, new URLSearchParams(fields));
  });
  dressQuestions();
}

/** Fetch the piece anew when the agent's call has changed. */
export function drawRevisit(me) {
  const mark = `${me.call?.id ?? ""} ${me.call?.dialling ?? ""} ${me.state}`;
  if (mark === seen) return;
  const first = seen === "";
  seen = mark;
  if (first) return;
  fetchPiece();
}

/** Whether the revisit takes the place of the record: while its questions are asked, or it is looked at. */
export function revisitShown(me) {
  const { state, call, asks } = place.firstElementChild?.dataset ?? {};
  const here = !me.call || String(me.call.id) === call || !["talking", "offered"].includes(me.state);
  if (state === "talk" || (state === "calling" && asks)) return here && !wantsRecord;
  return state === "preview" && !(me.call && ["talking", "offered"].includes(me.state));
}

async function fetchPiece() {
  const answer = await fetch("/desk/revisits", { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (!answer?.ok) return;
  const before = place.firstElementChild;
  const said = [...(before?.querySelectorAll(".message") ?? [])];
  put(await answer.text());
  const after = place.firstElementChild; // what was said a moment ago stays while nothing else is
  if (after && before?.dataset.state === after.dataset.state) after.querySelector(".revisit-head").after(...said);
}

async function send(path, body) {
  const answer = await fetch(`/desk/revisits${path}`, {
    method: "POST",
    headers: { "X-CSRFToken": document.querySelector("meta[name=csrf]").content, "X-Requested-With": "fetch" },
    body,
  }).catch(() => null);
  if (answer && [200, 409, 422].includes(answer.status)) put(await answer.text());
  else fetchPiece();
}

function put(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
  place.replaceChildren(...page.body.childNodes);
  const form = byId("revisit-form");
  if ((form?.dataset.attempt ?? null) !== answersOf) [answersOf, answers, wantsRecord] = [form?.dataset.attempt ?? null, {}, false];
  restore(form);
  dressQuestions();
  if (focused) byId(focused)?.focus();
  clearTimeout(timer);
  if (place.firstElementChild?.dataset.state === "calling") timer = setTimeout(fetchPiece, LATER);
  changed();
}

function clicked(event) {
  const id = event.target.closest("button")?.id;
  if (id === "revisit-next") send("/next");
  if (id === "revisit-back") send("/back");
  if (id === "revisit-consent") send(`/${byId("revisit-form").dataset.attempt}/consent`);
  if (id === "revisit-dial") ask("call_out", { dial_task_id: event.target.closest("button").dataset.task });
  if (id === "revisit-record") {
    wantsRecord = true;
    changed();
  }
}

/** What was chosen stays when the piece is drawn anew. */
function picked(event) {
  const form = byId("revisit-form");
  if (!form || !event.target.name) return;
  answersOf = form.dataset.attempt;
  answers[event.target.name] = event.target.value;
  dressQuestions();
}

function restore(form) {
  if (!form) return;
  Object.entries(answers).forEach(([name, value]) => {
    const field = form.elements[name];
    if (field instanceof RadioNodeList) field.value = value;
    else if (field?.type === "radio") field.checked = field.value === value;
    else if (field) field.value = value;
  });
}

/** Only the questions on the way that the answers lead are there. */
function dressQuestions() {
  const all = place.querySelectorAll("[data-question]");
  if (!all.length) return;
  const asked = new Set();
  let name = place.querySelector("[data-first]").dataset.first;
  while (name !== "end" && !asked.has(name)) {
    asked.add(name);
    const question = place.querySelector(`[data-question="${CSS.escape(name)}"]`);
    if (!question) break;
    name = question.querySelector("input:checked")?.dataset.next ?? question.dataset.next;
  }
  all.forEach((question) => show(question, asked.has(question.dataset.question)));
}
