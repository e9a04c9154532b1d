// The board's sound: two tones in turn while a figure that is to be heard is red; the browser wants a click first.
import { byId, say } from "../dom.js";
import { allowSound, mayBeHeard, sound } from "../units/alarm_sound.js";
import { words } from "../words.js";

const KEPT = "board-sound";
let wanted = localStorage.getItem(KEPT) === "on";
let sounds = [];

/** Let the button switch the sound, for this browser also after a reload. */
export function setUpSound() {
  byId("sound").addEventListener("click", async () => {
    wanted = !(wanted && mayBeHeard());
    localStorage.setItem(KEPT, wanted ? "on" : "off");
    if (wanted) await allowSound();
    drawSound(sounds);
  });
  drawSound([]);
}

/** Sound while there is something to be heard. */
export function drawSound(now) {
  sounds = now;
  const on = wanted && mayBeHeard();
  sound(on && sounds.length > 0);
  const button = byId("sound");
  button.setAttribute("aria-pressed", String(on));
  say(button, on ? words.sound_on : words.sound_off);
}
