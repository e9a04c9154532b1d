// The record of a call: the form is filled from the console, kept as it is typed, saved as a case with Ctrl+S.
import { byId, dress as dressAs, say, show } from "../dom.js";
import { fill, words } from "../words.js";
import { drawCase } from "./case_made.js";
import { DraftKeeper } from "./draft_keeper.js";

const FIELDS = ["kind", "complaint_class", "surname", "form_of_address", "contact_number", "address", "content", "answered", "urgency", "unit_id", "customer_id"];
const form = byId("record");
const keeper = new DraftKeeper(fieldsNow);

let changed = () => {};
let savedOne = () => {};
let call = null; // whose record the form shows
let chosen = null; // a call of before that was opened to finish its record
let wanted = null;
let loaded = null;
let early = {}; // what was filled in before the record was there

/** @param redraw called when something that others show has changed; `refresh` when a case was made */
export function setUpRecord(redraw, refresh) {
  changed = redraw;
  savedOne = refresh;
  form.addEventListener("input", (event) => typed(event));
  form.addEventListener("focusout", () => keeper.dirty && keeper.save());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    saveRecord();
  });
  byId("close-record").addEventListener("click", closeRecord);
  byId("use-theirs").addEventListener("click", () => {
    keeper.giveUp();
    load(call);
  });
  byId("keep-mine").addEventListener("click", () => {
    show(byId("conflict"), false);
    keeper.save();
  });
  keeper.addEventListener("kept", ({ detail }) => status(fill(words.saved_at, { time: new Date(detail).toLocaleTimeString(document.documentElement.lang, { timeZone: words.zone }) })));
  keeper.addEventListener("waiting", () => status(words.kept_here, "bad"));
  keeper.addEventListener("refused", ({ detail }) => refused(detail));
  keeper.addEventListener("conflict", ({ detail }) => conflict(detail));
  keeper.addEventListener("elsewhere", ({ detail }) => !detail.dirty && load(call));
}

/** The record the form shows: {call, fields, case, ticks}; null while there is none. */
export function recordNow() {
  return call !== null ? { call, fields: loaded ? fieldsNow() : {}, case: loaded?.case ?? null, ticks: loaded?.ticks ?? [], ready: loaded !== null } : null;
}

/** Show the record of the agent's call; that of an earlier one while there is no call. */
export function bindRecord(me) {
  const mine = me.call && ["offered", "talking", "wrap_up"].includes(me.state) ? me.call.id : null;
  if (mine !== null && mine !== chosen) chosen = null;
  wanted = mine ?? chosen;
  if (wanted === call) return;
  if (wanted === null) close();
  else load(wanted);
}

/** Open the record of a call of before. */
export function openRecord(id) {
  chosen = id;
  if (call !== id) load(id);
}

function closeRecord() {
  chosen = null;
  if (wanted === call) wanted = null;
  close();
  changed();
}

function close() {
  keeper.end();
  call = null;
  loaded = null;
  savedOne();
}

async function load(id) {
  if (call !== id) {
    keeper.end();
    early = {};
  }
  call = id;
  loaded = null;
  FIELDS.forEach((name) => write(name, ""));
  clearErrors();
  show(byId("conflict"), false);
  status("");
  changed();
  const answer = await fetch(`/desk/records/${id}`, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (call !== id) return;
  if (!answer?.ok) {
    if (answer === null || answer.status >= 500) setTimeout(() => call === id && loaded === null && load(id), 1000);
    return;
  }
  const told = await answer.json();
  if (call !== id) return;
  loaded = told;
  FIELDS.forEach((name) => write(name, told.fields[name] ?? ""));
  const copy = keeper.begin(id, told.seq);
  if (told.saved_at) status(fill(words.saved_at, { time: new Date(told.saved_at).toLocaleTimeString(document.documentElement.lang, { timeZone: words.zone }) }));
  if (copy) restore(copy, told);
  const filled = early;
  early = {};
  if (Object.keys(filled).length) fillRecord(filled);
  dress();
  changed();
}

/** What only this browser had is put back; where the console has something newer too, the agent chooses. */
function restore(copy, told) {
  if (JSON.stringify(copy.fields) === JSON.stringify({ ...copy.fields, ...told.fields })) return keeper.took(call, told.seq);
  FIELDS.forEach((name) => write(name, copy.fields[name] ?? ""));
  if (copy.newer) keeper.typed();
  else conflict({ error: words.restored, seq: told.seq });
  status(words.restored);
}

function typed(event) {
  const field = event.target;
  if ("value" in field && field.value.includes("\0")) {
    field.value = field.value.replaceAll("\0", "");
    status(words.zero_removed, "bad");
  }
  const alarm = field.name === "kind" && field.value === "alarm";
  if (alarm) write("urgency", "critical");
  clearError(field.name);
  if (loaded) keeper.typed();
  else Object.assign(early, { [field.name]: field.value }, alarm && { urgency: "critical" });
  dress();
  changed();
}

/** Fill fields from elsewhere (a chosen customer), as if they were typed. */
export function fillRecord(values) {
  if (!loaded) {
    Object.assign(early, values);
    return;
  }
  Object.entries(values).forEach(([name, value]) => write(name, value ?? ""));
  keeper.typed();
  dress();
  changed();
}

/** Keep what is typed and make the case of it; on the page stays what is missing. */
export async function saveRecord() {
  if (call === null || !loaded) return;
  const id = call;
  const { status: code, told, seq } = await keeper.send(`/desk/records/${id}/case`);
  if (code === 200) keeper.took(id, seq);
  if (call !== id) return;
  clearErrors();
  if (code === 200) return saved(told.case);
  if (code === 409) return conflict(told);
  if (told.seq) keeper.took(id, told.seq); // what is typed is kept, though no case is made of it
  else keeper.missed(code);
  refused({ status: code, ...told });
  Object.keys(told.errors ?? {}).forEach((name) => showError(name));
  focusFirst(told.errors ?? {});
}

function saved(made) {
  const same = loaded.case && loaded.case.entry === made.entry;
  loaded.case = made;
  const unit = form.unit_id.selectedOptions[0]?.textContent ?? "";
  const text = same ? words.case_nothing_new : made.entry > 1 ? words.case_corrected : made.passed_at ? words.case_passed : words.case_made;
  status(fill(text, { number: made.number, unit, n: made.entry - 1 }), "done");
  dress();
  savedOne();
  changed();
}

function refused({ status: code, error }) {
  const text = code === 413 ? words.too_much : error || words.not_saved;
  say(byId("record-errors"), text);
  show(byId("record-errors"), true);
}

function conflict(theirs) {
  keeper.accept(theirs.seq ?? 0);
  say(byId("conflict").firstElementChild, theirs.error ?? "");
  show(byId("conflict"), true);
}

/** What a wrap-up still has to do: {saved, complete, text, first}; `first` is the field to go to. */
export function missingNow() {
  if (!loaded) return { saved: false, complete: false, text: "", first: "" };
  if (loaded.case) return { saved: true, complete: true, text: words.all_saved, first: "" };
  const lacking = missingFields();
  if (!lacking.length) return { saved: false, complete: true, text: words.nothing_missing, first: "" };
  return { saved: false, complete: false, text: lacking.map((name) => words.fields[name]).join("、"), first: lacking[0] };
}

/** Put the cursor where the record lacks something. */
export function goToMissing() {
  const { first } = missingNow();
  if (first) focusFirst({ [first]: true });
}

function missingFields() {
  const fields = fieldsNow();
  return requiredFields(fields).filter((name) => !fields[name].trim());
}

/** What the kind needs; a consultation that is answered later needs who asks, too. */
function requiredFields(fields) {
  if (fields.kind !== "consultation" || loaded?.case) return words.required[fields.kind] ?? ["kind"];
  return [...(fields.answered === "no" ? words.answer_owed : words.required.consultation), "answered"];
}

/** What a call out from here would be about. */
export function callOutAbout() {
  if (call === null || !loaded) return {};
  const fields = fieldsNow();
  return {
    number: fields.contact_number,
    customer: fields.customer_id,
    case: loaded.case?.id ?? "",
    what: [loaded.case?.number, fields.surname + fields.form_of_address].filter(Boolean).join(" "),
  };
}

function fieldsNow() {
  return Object.fromEntries(FIELDS.map((name) => [name, form.elements[name]?.value ?? ""]));
}

function write(name, value) {
  const field = form.elements[name];
  if (field instanceof RadioNodeList) field.forEach((choice) => { choice.checked = choice.value === value; });
  else if (field.value !== value) field.value = value;
}

/** Which fields there are, which are wanted, and what saving means now. */
function dress() {
  const fields = fieldsNow();
  const wantedFields = requiredFields(fields);
  show(byId("field-complaint_class"), fields.kind === "complaint");
  show(byId("field-answered"), fields.kind === "consultation" && !loaded?.case);
  FIELDS.forEach((name) => byId(`field-${name}`)?.classList.toggle("wanted", wantedFields.includes(name)));
  const length = [...fields.content.trim()].length;
  say(byId("counter"), fill(words.counter, { n: length, most: words.longest_content }));
  byId("counter").classList.toggle("too-much", length > words.longest_content);
  drawCase(loaded?.case ?? null);
  show(byId("close-record"), call !== null && call === chosen);
  const save = byId("save");
  say(save.firstChild, `${loaded?.case ? words.save_correction : words.passed_on.includes(fields.kind) ? words.save_and_pass : words.save} `);
  save.classList.toggle("primary", loaded !== null && !loaded.case && missingFields().length === 0);
}

function status(text, tone = "") {
  say(byId("saved"), text);
  dressAs(byId("saved"), `soft ${tone}`);
}

function showError(name) {
  byId(`field-${name}`)?.classList.add("wrong");
  const field = form.elements[name];
  if (field instanceof HTMLElement) {
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", "record-errors");
  }
}

function clearError(name) {
  byId(`field-${name}`)?.classList.remove("wrong");
  const field = form.elements[name];
  if (field instanceof HTMLElement) field.removeAttribute("aria-invalid");
}

function clearErrors() {
  FIELDS.forEach(clearError);
  show(byId("record-errors"), false);
}

function focusFirst(errors) {
  const first = FIELDS.find((name) => name in errors);
  const field = first && form.elements[first];
  if (field) (field instanceof RadioNodeList ? field[0] : field).focus();
}
