// The live board, at the desk and on the wall: only what differs is drawn, and clocks count by themselves.
import { duration, serverNow } from "../clock.js";
import { byId, dress, keep, make, say, setShape, shape, show } from "../dom.js";
import { fill, words } from "../words.js";

const MARKS = { warn: "!", alarm: "‼" };
const SHARES = ["rings", "quick", "soon"];
const clocks = new Map();

const queueName = (name) => words.queues[name] ?? name;
const percent = (share) => (share === null ? "–" : `${share.toFixed(share >= 99.95 ? 0 : 1)}%`);

/** Draw everything that a message brought. */
export function draw(state) {
  if (!state.totals) return;
  drawTiles(state.totals);
  keep(byId("queues"), state.queues, (queue) => queue.queue, newQueue, drawQueue);
  drawStates(state.totals);
  drawOwed(state.owed);
  drawLines(state.lines);
  drawPeople(state);
  tick();
}

/** Let the clocks go on. */
export function tick() {
  clocks.forEach(({ from, text }, element) => {
    if (!element.isConnected) return clocks.delete(element);
    say(element, text(serverNow() - from));
  });
}

/** How many clocks go; flat, however long the page is open. */
export const clockCount = () => clocks.size;

function count(element, from, text = duration) {
  if (from === null || from === undefined) {
    clocks.delete(element);
    say(element, "");
  } else clocks.set(element, { from, text });
}

function level(element, name, one, mark = element.querySelector(".mark")) {
  dress(element, name + (one ? ` level-${one}` : ""));
  say(mark, MARKS[one] ?? "");
}

function tile(id, value, one, more) {
  const element = byId(`tile-${id}`);
  level(element, "tile", one);
  say(element.querySelector(".value"), value);
  say(element.querySelector(".level"), one ? words.levels[one] : "");
  if (more !== undefined) say(element.querySelector(".more"), more);
}

function drawTiles(totals) {
  tile("waiting", String(totals.waiting), totals.waiting_level);
  count(byId("tile-waiting").querySelector(".more"), totals.longest);
  SHARES.forEach((name) => tile(name, percent(totals[name]), totals[`${name}_level`]));
  say(byId("tile-quick").querySelector(".more"), fill(words.answered_of, totals));
  const lost = totals.offered ? percent((100 * totals.abandoned) / totals.offered) : "";
  tile("abandoned", String(totals.abandoned), totals.abandoned_level, lost);
  const alarms = [[totals.alarms_waiting, words.states_short.waiting], [totals.alarms_talking, words.states_short.talking],
    [totals.gas_leaks, words.states_short.open]].filter(([n]) => n).map(([n, what]) => `${n} ${what}`);
  tile("alarms", String(totals.alarms_waiting + totals.alarms_talking), totals.alarms_level, alarms.join(" · "));
  const worse = totals.late_level === "alarm" || !totals.due_level ? totals.late_level : totals.due_level;
  tile("owed", String(totals.due), worse, totals.late ? fill(words.late_cases, { n: totals.late }) : "");
}

function cell(name = "end figure") {
  return make("td", name, make("span", "value"), make("span", "mark"));
}

function newQueue() {
  return make("tr", "", make("th", ""), ...Array.from({ length: 8 }, () => cell()));
}

function put(place, value, one = "") {
  level(place, "end figure", one, place.lastElementChild);
  if (value !== null) say(place.firstElementChild, value);
}

function drawQueue(line, queue) {
  const [name, waiting, longest, expected, rings, quick, soon, lost, free] = line.children;
  if (name.scope !== "row") name.scope = "row";
  say(name, queueName(queue.queue));
  put(waiting, String(queue.count), queue.count_level);
  put(longest, null, queue.longest_level);
  count(longest.firstElementChild, queue.since);
  put(expected, wait(queue.expected), queue.expected_level);
  [rings, quick, soon].forEach((place, at) => put(place, percent(queue[SHARES[at]]), queue[`${SHARES[at]}_level`]));
  put(lost, String(queue.abandoned), queue.abandoned_level);
  put(free, `${queue.free}/${queue.at_work}`);
}

function wait(seconds) {
  return seconds === null ? words.nobody_at_work : seconds ? duration(seconds * 1000) : words.at_once;
}

function drawStates(totals) {
  const counted = words.state_order.filter((name) => totals.states[name]);
  keep(byId("states"), counted, (name) => name,
    (name) => make("li", `state-${name}`, shape(name), make("span", "name", words.states[name]), make("span", "number figure")),
    (item, name) => say(item.lastElementChild, String(totals.states[name])));
}

function drawOwed(owed) {
  const empty = byId("owed-empty");
  say(empty, words.nothing_due);
  show(empty, owed.length === 0);
  const most = document.body.classList.contains("wall") ? 3 : owed.length;
  keep(byId("owed"), owed.slice(0, most), (one) => one.number,
    () => make("li", "", make("span", "figure number"), make("span", "figure left"), make("span", "soft who")),
    (item, one) => {
      const [number, left, who] = item.children;
      say(number, `${one.number} ${words.kinds[one.kind]}`);
      count(left, one.due_at, (past) => fill(past > 0 ? words.late_by : words.left, { time: duration(Math.abs(past)) }));
      say(who, [one.unit, one.owner].filter(Boolean).join(" · "));
    });
}

function drawLines({ engines, trunks }) {
  const engineLines = engines.length
    ? engines.map((one) => ({ key: `e ${one.node}`, name: one.node, word: words[`engine_${one.state}`], bad: one.state !== "ok", since: one.seen_at }))
    : [{ key: "e", name: "", word: words.no_engine_ran, bad: true, since: null }];
  const trunkLines = trunks.map((one) => ({
    key: `t ${one.node} ${one.name}`, name: one.name, word: words.trunks[one.state], bad: one.level !== "", since: one.level ? one.since : null,
  }));
  keep(byId("lines"), [...engineLines, ...trunkLines], (one) => one.key,
    () => make("li", "", make("span", "mark"), make("strong", ""), make("span", ""), make("span", "figure")),
    (item, one) => {
      const [mark, name, word, since] = item.children;
      dress(item, one.bad ? "level-alarm" : "");
      say(mark, one.bad ? MARKS.alarm : "");
      say(name, one.name);
      say(word, one.word);
      count(since, one.since);
    });
}

const HELPLESS = ["not_answering", "device_gone"];

function drawPeople(state) {
  const people = state.order.map((id) => state[`agent.${id}`]).filter(Boolean);
  const list = byId("agents");
  if (list) keep(list, people, (one) => one.who, newPerson, drawPerson);
  const helpless = byId("helpless");
  if (!helpless) return;
  const wanted = people.filter((one) => HELPLESS.includes(one.state)).sort((a, b) => a.since - b.since).slice(0, 3);
  keep(helpless, wanted, (one) => one.who, newPerson, drawPerson);
}

function newPerson() {
  return make("li", "", shape("signed_out"), make("span", "who"), make("span", "figure clock"), make("span", "what soft"));
}

function drawPerson(item, one) {
  const [drawing, who, clock, what] = item.children;
  dress(item, `state-${one.state}`);
  setShape(drawing, one.state);
  say(who, fill(words.person, { work_number: one.who, name: one.name }));
  count(clock, one.state === "signed_out" ? null : one.since);
  say(what, [words.states[one.state], one.reason ? (words.breaks[one.reason] ?? one.reason) : "", one.queue ? queueName(one.queue) : ""]
    .filter(Boolean).join(" · "));
}
