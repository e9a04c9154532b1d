// The board on the wall: full screen, live for weeks. A lost connection is said large, and found again by itself.
import { onTick, serverNow } from "../clock.js";
import { byId, say, show } from "../dom.js";
import { follow } from "../live.js";
import { fill, words } from "../words.js";
import { draw, tick } from "./board.js";
import { drawSound, setUpSound } from "./sound.js";

const WAKE_AGAIN = 60000;
let lostAt = null;

const timeOf = (moment) => new Date(moment).toLocaleTimeString("zh-CN", { timeZone: words.zone, hour12: false });

function stands(now) {
  if (now && lostAt === null) lostAt = serverNow();
  if (!now) lostAt = null;
  say(byId("stands-still"), lostAt === null ? "" : fill(words.stands_still, { time: timeOf(lostAt) }));
  show(byId("stands-still"), lostAt !== null);
}

/** A screen must not sleep; where the browser has no such wish, the machine's own settings decide. */
async function stayAwake() {
  await navigator.wakeLock?.request("screen").catch(() => {});
}

setUpSound();
stayAwake();
setInterval(stayAwake, WAKE_AGAIN);
onTick(() => {
  tick();
  say(byId("clock"), timeOf(serverNow()));
});
follow("wall", {
  address: words.live,
  changed: (state) => {
    stands(state.database === false);
    draw(state);
    drawSound(state.sounds ?? []);
  },
  connection: (up) => stands(!up),
  ended: () => show(byId("over"), true),
});
