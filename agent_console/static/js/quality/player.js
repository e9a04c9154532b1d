// A drawn recording: its picture of two channels, speed, one side or both, and places to jump to.
import { words } from "../words.js";
import "../one_call.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 900;
const HALF = 60;

document.querySelectorAll(".player").forEach((player) => {
  const audio = player.querySelector("audio");
  const picture = player.querySelector(".wave-picture");
  const now = player.querySelector(".wave-now");
  const second = player.querySelector(".mark-second");
  const places = [...document.querySelectorAll(".place")];
  let seconds = 0;

  const at = () => (seconds ? (audio.currentTime / seconds) * WIDTH : 0);
  const move = () => {
    now.setAttribute("x1", at());
    now.setAttribute("x2", at());
    if (second && document.activeElement !== second) second.value = Math.floor(audio.currentTime);
  };
  const jump = (to) => {
    audio.currentTime = Math.max(0, to);
    move();
  };

  audio.addEventListener("timeupdate", move);
  audio.addEventListener("seeked", move);
  player.querySelector(".rate").addEventListener("change", (event) => (audio.playbackRate = Number(event.target.value)));
  player.querySelector(".skip-back").addEventListener("click", () => jump(audio.currentTime - 5));
  player.querySelector(".next-place").addEventListener("click", () => {
    const next = places.map((place) => Number(place.dataset.at)).sort((a, b) => a - b).find((place) => place > audio.currentTime + 0.3);
    if (next !== undefined) jump(next);
  });
  places.forEach((place) => place.addEventListener("click", () => {
    jump(Number(place.dataset.at));
    audio.play().catch(() => {}); // the reader paused or jumped again meanwhile
  }));
  picture.addEventListener("click", (event) => {
    const box = picture.getBoundingClientRect();
    jump(((event.clientX - box.left) / box.width) * seconds);
  });

  fetch(player.dataset.wave).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.statusText)))).then((wave) => {
    seconds = wave.seconds;
    player.querySelector(".wave-caller").setAttribute("d", side(wave.caller, HALF, -1));
    player.querySelector(".wave-agent").setAttribute("d", side(wave.agent, HALF, 1));
    places.filter((place) => player.contains(place)).forEach((place) => mark(player, place, seconds));
    picture.dataset.drawn = "yes";
    move();
  }).catch(() => {
    player.querySelector(".wave").replaceChildren(words.player.no_picture);
  });
});

/** The outline of a channel: up for the caller, down for the agent. */
function side(loudness, middle, direction) {
  const step = WIDTH / Math.max(1, loudness.length);
  const points = loudness.map((value, place) => `${(place * step).toFixed(1)},${(middle + (direction * value * (HALF - 3)) / 100).toFixed(1)}`);
  return `M0,${middle} L${points.join(" L")} L${WIDTH},${middle} Z`;
}

/** A line in the picture where a place is. */
function mark(player, place, seconds) {
  const line = document.createElementNS(SVG, "line");
  const x = (Number(place.dataset.at) / seconds) * WIDTH;
  line.setAttribute("class", `wave-place ${place.classList.contains("mark") ? "mark" : place.classList.contains("hint") ? "hint" : "plain"}`);
  Object.entries({ x1: x, x2: x, y1: 0, y2: HALF * 2 }).forEach(([name, value]) => line.setAttribute(name, value));
  player.querySelector(".wave-places").append(line);
}
