// Who calls: shown at the first ring, from the message that says that it rings. Several: choose. None: a form.
import { byId, keep, make, say, show } from "../dom.js";
import { leftText } from "../cases/time_left.js";
import { fill, words } from "../words.js";
import { newCustomer } from "./new_customer.js";
import { fillRecord, recordNow } from "./record.js";

const AGES = [[86400, "day"], [3600, "hour"], [60, "minute"]];
const ages = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always", style: "short" });
let other = null; // the call of which the agent said that it is somebody else
let made = null; // a customer made a moment ago, of whom the feed has not told yet
let drawn = "";
let calledFrom = ""; // the number of the call that is shown

byId("customer-list").addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-customer]");
  if (chosen) choose(JSON.parse(chosen.dataset.customer));
});
byId("other-customer").addEventListener("click", () => {
  other = recordNow()?.call ?? null;
  fillRecord({ customer_id: "" });
});

byId("new-customer").addEventListener("click", () => newCustomer(recordNow()?.fields.contact_number || calledFrom, async (id) => {
  made = id;
  await fetch("/desk/pop", {
    method: "POST",
    headers: { "X-CSRFToken": document.querySelector("meta[name=csrf]").content, "X-Requested-With": "fetch" },
  }).catch(() => null);
}));

/** Show what is known of the caller. */
export function drawCustomer(pop, me) {
  const record = recordNow();
  const there = pop && me.call && pop.call === me.call.id ? pop : null;
  show(byId("customer"), there !== null);
  const mark = JSON.stringify([there, record?.fields.customer_id ?? null, record?.ready ?? false, other, me.call?.number ?? null]);
  if (mark === drawn) return;
  drawn = mark;
  calledFrom = there ? me.call.number ?? "" : "";
  if (there) draw(there, record, me.call);
}

function draw(pop, record, call) {
  const fresh = record?.ready ? pop.customers.find((one) => one.id === made) : null;
  if (fresh) {
    made = null;
    return choose(fresh);
  }
  const mine = chosenOf(pop, record);
  const several = pop.customers.length > 1 || (other === pop.call && pop.customers.length > 0);
  show(byId("customer-choice"), !mine && several);
  show(byId("customer-card"), Boolean(mine));
  show(byId("customer-unknown"), !mine && (pop.customers.length === 0 || other === pop.call));
  keep(byId("customer-list"), several ? pop.customers : [], (one) => one.id, newChoice, drawChoice);
  show(byId("tips"), false);
  if (mine) drawCard(mine, pop);
  say(byId("unknown-number"), call.number ?? words.no_number);
  show(byId("open-cases"), pop.cases.length > 0);
  keep(byId("case-list"), pop.cases, (one) => one.id, newCase, drawCase);
  show(byId("past-calls"), pop.calls.length > 0);
  keep(byId("call-list"), pop.calls, (one) => one.id, newPast, drawPastCall);
}

/** The customer the record names; before it is there, the only one of the number. */
function chosenOf(pop, record) {
  if (record?.ready) return pop.customers.find((one) => String(one.id) === record.fields.customer_id) ?? null;
  return pop.customers.length === 1 && other !== pop.call ? pop.customers[0] : null;
}

function choose(customer) {
  other = null;
  fillRecord({
    customer_id: String(customer.id),
    surname: customer.surname ?? "",
    form_of_address: customer.form ?? "",
    address: customer.address ?? "",
  });
}

function newChoice() {
  return make("li", "", make("button", "choose-one", make("strong"), make("span", "soft")));
}

function drawChoice(item, customer) {
  const button = item.firstElementChild;
  button.type = "button";
  button.dataset.customer = JSON.stringify(customer);
  say(button.children[0], customer.called);
  say(button.children[1], customer.address);
}

function drawCard(customer, pop) {
  say(byId("customer-name"), customer.called);
  say(byId("customer-type"), words.customer_types[customer.type] ?? "");
  show(byId("customer-type"), Boolean(customer.type));
  say(byId("customer-address"), customer.address);
  say(byId("customer-meter"), [customer.meter, customer.account].filter(Boolean).join(" · "));
  say(byId("customer-note"), customer.note ?? "");
  show(byId("customer-note"), Boolean(customer.note));
  byId("customer-open").href = `/customers/${customer.id}`;
  const tips = (words.tips[customer.type] ?? []).slice(0, 3);
  show(byId("tips"), tips.length > 0);
  keep(byId("customer-tips"), tips, (tip) => tip, (tip) => make("li", "", tip), () => {});
  show(byId("other-customer"), pop.customers.length > 0);
}

function newPast() {
  return make("li", "", make("span", "figure"), make("span", ""), make("span", "soft"), make("span", "long soft past-text"));
}

function newCase() {
  const link = make("a", "figure");
  link.target = "_blank";
  link.rel = "noopener";
  return make("li", "", link, make("span", ""), make("span", "soft"), make("span", "long soft past-text"));
}

function drawCase(item, one) {
  const [number, kind, when, text] = item.children;
  say(number, one.number);
  number.href = `/cases/${encodeURIComponent(one.number)}`;
  say(kind, [words.kinds[one.kind] ?? one.kind, words.case_states[one.state]].filter(Boolean).join(" · "));
  say(when, [one.due_at ? leftText(one.due_at) : "", age(one.at), one.unit ? fill(words.at_unit, { unit: one.unit }) : "", one.who].filter(Boolean).join(" · "));
  say(text, one.content);
}

function drawPastCall(item, one) {
  const [when, queue, outcome, text] = item.children;
  say(when, age(one.at));
  say(queue, words.queues[one.queue] ?? one.queue ?? "");
  say(outcome, [words.outcomes[one.outcome] ?? words.no_outcome, one.who].filter(Boolean).join(" · "));
  show(text, false);
}

function age(at) {
  const seconds = (Date.now() - at) / 1000;
  const [size, unit] = AGES.find(([length]) => seconds >= length) ?? [60, "minute"];
  return ages.format(-Math.max(1, Math.floor(seconds / size)), unit);
}
