// What a supervisor does from the floor: at conversations, with agents, with callers who wait, and to all desks.
import { askAt, drawAnswer } from "./commands.js";
import { answerOwnCall, setUpPhone } from "./desk/own_phone.js";
import { byId, make, say, show } from "./dom.js";
import { fill, words } from "./words.js";

const MODES = { listen: "you_listen", whisper: "you_whisper", join: "you_join" };
let state = {};
let agentAt = null;
let callAt = null;

const person = (agent) => fill(words.person, agent);
const agentOf = (id) => state.agents?.find((agent) => agent.id === id);
const mine = () => state.watches?.find((watch) => watch.by === words.me);

/** Draw at which conversation I am, and what became of what I asked for. */
export function drawListening(now) {
  state = now;
  if (!words.can_act || !state.me) return;
  answerOwnCall(state.me);
  drawAnswer(state.asked);
  const watch = mine();
  show(byId("listening"), Boolean(watch));
  if (watch) {
    const who = agentOf(watch.agent) ? person(agentOf(watch.agent)) : "";
    say(byId("listening-text"), fill(words[watch.answered ? MODES[watch.mode] : "your_phone_rings"], { who }));
    document.querySelectorAll("#listening [aria-pressed]").forEach((button) => {
      button.setAttribute("aria-pressed", String(watch.answered && button.dataset.talk === watch.mode));
    });
  }
  drawHints();
}

/** "2001 赵琳 is with them", of an agent whose conversation others hear. */
export function watchedBy(agentId) {
  return (state.watches ?? []).filter((watch) => watch.agent === agentId && watch.answered && agentOf(watch.by))
    .map((watch) => fill(words.heard_by, { who: person(agentOf(watch.by)) })).join(" · ");
}

/** Open what can be done with an agent. */
export function actOnAgent(id) {
  agentAt = id;
  byId("agent-form").reset();
  show(byId("act-error"), false);
  drawHints();
  byId("agent-dialog").showModal();
}

/** Open what can be done with a caller who waits. */
export function actOnCall(id) {
  const call = state.queue?.find((one) => one.id === id);
  if (!call) return;
  callAt = id;
  say(byId("caller-title"), `${words.acts_on} ${call.number ?? words.no_number}`);
  byId("move-to").replaceChildren(...Object.entries(words.queues).filter(([name]) => name !== call.queue).map(([name, text]) => {
    const option = make("option", "", text);
    option.value = name;
    return option;
  }));
  byId("caller-dialog").showModal();
}

/** Why I cannot be at a conversation now; "" where I can. */
function hindrance() {
  const me = state.me;
  if (!me.device_present) return words.no_phone_here;
  return words.may_listen.includes(me.state) ? "" : fill(words.cannot_listen, { state: words.states[me.state] });
}

function drawHints() {
  const agent = agentOf(agentAt);
  if (!agent || !state.me) return;
  say(byId("agent-title"), fill(words.acts_of, { who: person(agent) }));
  const talks = agent.state === "talking" && agent.id !== words.me;
  show(byId("talk-acts"), talks);
  const why = hindrance();
  say(byId("talk-hint"), why);
  byId("talk-acts").querySelectorAll("button").forEach((button) => { button.disabled = why !== ""; });
}

function closed(id, then) {
  const dialog = byId(id);
  dialog.addEventListener("close", () => {
    const chosen = dialog.returnValue;
    dialog.returnValue = "";
    if (chosen && chosen !== "cancel") then(chosen);
  });
}

const TALK = ["listen", "whisper", "join", "take_over"];

/** Let the buttons ask; nothing is there to be set up for who may only look. */
export function setUpActs() {
  if (!words.can_act) return;
  document.querySelectorAll("[data-opens]").forEach((button) => button.dataset.opens !== "phone-dialog"
    && button.addEventListener("click", () => byId(button.dataset.opens).showModal()));
  byId("agent-form").addEventListener("submit", (event) => {
    const missing = event.submitter?.value === "sign_out" && !byId("act-reason").value.trim();
    if (missing) event.preventDefault();
    say(byId("act-error"), missing ? words.reason_missing : "");
    show(byId("act-error"), missing);
    if (missing) byId("act-reason").focus();
  });
  closed("agent-dialog", (act) => (TALK.includes(act)
    ? askAt(`/floor/talks/${agentAt}/${act}`)
    : askAt(`/floor/agents/${agentAt}/${act}`, { reason: byId("act-reason").value })));
  closed("caller-dialog", (act) => askAt(`/floor/calls/${callAt}/${act}`, { queue: byId("move-to").value }));
  closed("line-dialog", () => askAt("/floor/line", { text: byId("line-text").value }).then(() => byId("line-form").reset()));
  document.querySelectorAll("[data-talk]").forEach((button) => button.addEventListener("click", () => {
    const watch = mine();
    if (watch) askAt(`/floor/talks/${watch.agent}/${button.dataset.talk}`);
  }));
  setUpPhone(() => state.me && answerOwnCall(state.me));
}

