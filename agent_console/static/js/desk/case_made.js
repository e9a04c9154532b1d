// What saving made: the case's number to tell the customer, where the case is, what is owed and by when.
import { byId, keep, make, say, show } from "../dom.js";
import { fill, words } from "../words.js";

const short = { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: words.zone };

/** Show the case of the record; null while there is none. */
export function drawCase(made) {
  const number = byId("case-number");
  say(number, made?.number ?? "");
  if (made) number.href = `/cases/${encodeURIComponent(made.number)}`;
  show(number, made !== null);
  show(byId("case-made"), made !== null);
  if (!made) return;
  say(byId("case-tell"), fill(words.tell_number, { number: made.number }));
  say(byId("case-where"), [made.state, made.unit].filter(Boolean).join(" · "));
  const owed = made.owed.map((one) => `${fill(words.owed_by, { what: one.what, time: moment(one.due_at) })} (${one.rule})`);
  keep(byId("case-owed"), owed.length ? owed : [words.nothing_owed], (text) => text, (text) => make("li", "", text), () => {});
}

function moment(milliseconds) {
  return new Date(milliseconds).toLocaleString(document.documentElement.lang, short);
}
