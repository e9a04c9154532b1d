// The supervisor's page: agents in a fixed order, callers in the order of service.
import { onTick } from "./clock.js";
import { drawWaiting } from "./counts.js";
import { byId, dress, keep, make, say, setShape, shape, show } from "./dom.js";
import { actOnAgent, actOnCall, drawListening, setUpActs, watchedBy } from "./floor_acts.js";
import { since, start } from "./shell.js";
import { fill, words } from "./words.js";

const clocks = new Map();

function render(state) {
  if (!state.agents) return;
  drawWaiting(state.waiting);
  drawCounts(state.agents);
  drawEngines(state.engines);
  drawQueue(state.queue);
  drawTalks(state.agents);
  drawListening(state);
  keep(byId("agents"), state.agents, (agent) => agent.id, newCard, drawCard);
  tick();
}

function tick() {
  clocks.forEach((from, element) => (element.isConnected ? say(element, since(from)) : clocks.delete(element)));
}

function drawCounts(agents) {
  const counted = words.state_order
    .map((name) => ({ name, count: agents.filter((agent) => agent.state === name).length }))
    .filter(({ count }) => count);
  keep(byId("state-counts"), counted, (one) => one.name,
    (one) => make("li", "", shape(one.name), make("span", "name", words.states[one.name]), make("span", "number figure")),
    (item, one) => {
      dress(item, `state-${one.name}`);
      say(item.lastElementChild, String(one.count));
    });
}

function drawEngines(engines) {
  const said = engines.length ? engines : [{ node: "", state: "none", seen_at: null }];
  keep(byId("engines"), said, (engine) => engine.node,
    () => make("li", "", make("span", "name"), make("span"), make("span", "figure")),
    (item, engine) => {
      const [node, word, seen] = item.children;
      dress(item, engine.state === "ok" ? "" : "trouble");
      say(node, engine.node);
      say(word, words[`engine_${engine.state}`]);
      if (engine.seen_at === null) { clocks.delete(seen); say(seen, ""); } else clocks.set(seen, engine.seen_at);
    });
}

const queueName = (name) => words.queues[name] ?? name ?? "–";
const person = (agent) => fill(words.person, agent);

function row(cells) {
  return make("tr", "", ...cells.map((name) => make("td", name)));
}

function drawQueue(queue) {
  show(byId("queue-table"), queue.length > 0);
  say(byId("queue-empty"), words.nobody_waits);
  show(byId("queue-empty"), queue.length === 0);
  keep(byId("queue"), queue, (call) => call.id, newCaller, (line, call, place) => {
    const [at, name, caller, clock] = line.children;
    dress(line, call.alarm ? "alarm" : "");
    say(at, String(place + 1));
    say(name, queueName(call.queue));
    const more = [
      call.language !== words.first_language ? words.languages[call.language] : "",
      call.returned ? words.returned : "",
      call.rings.length ? fill(words.rings_at, { who: call.rings.join(", ") }) : "",
    ].filter(Boolean).join(" · ");
    say(caller, [call.number ?? words.no_number, more].filter(Boolean).join(" · "));
    clocks.set(clock, call.since);
  });
}

function newCaller(call) {
  const line = row(["figure", "", "", "figure end"]);
  if (!words.can_act) return line;
  const act = make("button", "quiet small", "⋯");
  act.setAttribute("aria-label", words.acts);
  act.type = "button";
  act.addEventListener("click", () => actOnCall(call.id));
  line.append(make("td", "end", act));
  return line;
}

function drawTalks(agents) {
  const talks = agents.filter((agent) => agent.state === "talking" && agent.call);
  show(byId("talk-table"), talks.length > 0);
  say(byId("talk-empty"), words.nobody_talks);
  show(byId("talk-empty"), talks.length === 0);
  keep(byId("talks"), talks, (agent) => agent.id, () => row(["", "", "figure", "figure end"]), (line, agent) => {
    const [who, name, caller, clock] = line.children;
    dress(line, agent.call.alarm ? "alarm" : agent.call.held_too_long ? "late" : "");
    say(who, person(agent));
    say(name, queueName(agent.call.queue));
    say(caller, [agent.call.number ?? words.no_number, holdWord(agent.call)].filter(Boolean).join(" · "));
    clocks.set(clock, agent.since);
  });
}

function holdWord(call) {
  return call.held_too_long ? words.held_too_long : call.held ? words.held : "";
}

function newCard(agent) {
  const who = make(words.can_act ? "button" : "span", "who");
  if (words.can_act) {
    who.type = "button";
    who.addEventListener("click", () => actOnAgent(agent.id));
  }
  return make("li", "card", shape("signed_out"), who, make("span", "clock figure"),
    make("span", "what", make("span", "word"), make("span", "more")));
}

function drawCard(card, agent) {
  const [drawing, who, clock, what] = card.children;
  const away = !agent.device_present && agent.state !== "signed_out" && agent.state !== "device_gone";
  dress(card, `card state-${agent.state}${agent.call?.alarm ? " alarm" : agent.call?.held_too_long ? " late" : ""}`);
  setShape(drawing, agent.state);
  say(who, person(agent));
  if (agent.since === null || agent.state === "signed_out") { clocks.delete(clock); say(clock, ""); } else clocks.set(clock, agent.since);
  say(what.firstElementChild, words.states[agent.state]);
  const more = [
    agent.reason ? (words.breaks[agent.reason] ?? agent.reason) : "",
    agent.call ? `${queueName(agent.call.queue)} ${agent.call.number ?? ""}` : "",
    agent.call ? holdWord(agent.call) : "",
    away ? words.states.device_gone : "",
    watchedBy(agent.id),
    agent.missed ? fill(words.missed_today, { n: agent.missed }) : "",
  ].filter(Boolean);
  say(what.lastElementChild, more.map((text) => ` · ${text}`).join(""));
}

setUpActs();
onTick(tick);
start("floor", render);
