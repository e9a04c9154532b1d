// "Check my phone": the choices, the levels, the test call. The desk uses the same Phone.
import { byId, say, show } from "../dom.js";
import { start as followFeed } from "../shell.js";
import { words } from "../words.js";
import { askForNotifications, notifications } from "./attention.js";
import { Phone } from "./phone.js";
import { ring } from "./ring.js";

const phone = new Phone();
globalThis.hotlinePhone = phone; // for whoever looks into a page that gives trouble

function draw() {
  say(byId("phone-state"), words.phone_states[phone.state]);
  byId("test-call").disabled = phone.state !== "registered";
  byId("end-test").disabled = !phone.testing;
  show(byId("answer"), phone.state === "ringing");
  show(byId("start"), phone.state === "off");
}

function drawTrouble() {
  const text = phone.trouble ? (words.phone_troubles[phone.trouble] ?? phone.trouble) : "";
  say(byId("phone-trouble"), text);
  show(byId("phone-trouble"), text !== "");
}

async function drawChoices() {
  const [microphones, speakers] = await Promise.all([phone.microphones(), phone.speakers()]);
  if (!byId("microphone")) return; // the session has ended meanwhile, and the page is empty
  fill(byId("microphone"), microphones);
  fill(byId("speaker"), speakers);
  show(byId("speaker-hint"), speakers.length === 0 && phone.state !== "off");
}

function fill(select, devices) {
  select.replaceChildren(...devices.map(({ id, name, chosen }) => new Option(name, id, chosen, chosen)));
  select.disabled = devices.length === 0;
}

async function drawCounts() {
  const counted = await phone.counts();
  if (!byId("counts")) return;
  show(byId("counts"), counted !== null);
  if (!counted) return;
  const all = counted.received + counted.lost;
  say(byId("count-lost"), all ? `${((100 * counted.lost) / all).toFixed(1)} %` : "–");
  say(byId("count-jitter"), counted.jitter_ms === null ? "–" : `${counted.jitter_ms} ms`);
  say(byId("count-trip"), counted.round_trip_ms === null ? "–" : `${counted.round_trip_ms} ms`);
  say(byId("count-codec"), counted.codec || "–");
}

function drawNotifications() {
  const state = notifications();
  show(byId("notify"), state === "default");
  say(byId("notify-state"), byId("notify-state").dataset[state] ?? "");
}

phone.addEventListener("change", () => { draw(); drawChoices(); });
phone.addEventListener("trouble", drawTrouble);
byId("microphone").addEventListener("change", (event) => phone.useMicrophone(event.target.value).catch(drawChoices));
byId("speaker").addEventListener("change", (event) => phone.useSpeaker(event.target.value).catch(drawChoices));
byId("test-call").addEventListener("click", () => phone.testCall());
byId("end-test").addEventListener("click", () => phone.endTest());
byId("answer").addEventListener("click", () => phone.answer());
byId("start").addEventListener("click", () => phone.start());
byId("notify").addEventListener("click", async () => { await askForNotifications(); drawNotifications(); });
byId("tone").addEventListener("click", () => setTimeout(ring(phone.audioContext), 1500));
const clocks = [
  setInterval(() => {
    for (const side of ["mine", "theirs"]) byId(side).value = phone.level(side);
  }, 100),
  setInterval(drawCounts, 1000),
];
addEventListener("session-ended", () => clocks.forEach(clearInterval));

followFeed("phone");
draw();
drawNotifications();
phone.start();
