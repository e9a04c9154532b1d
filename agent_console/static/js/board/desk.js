// The board beside other work, in the frame of all pages.
import { onTick } from "../clock.js";
import { start } from "../shell.js";
import { draw, tick } from "./board.js";
import { drawSound, setUpSound } from "./sound.js";

setUpSound();
onTick(tick);
start("board", (state) => {
  draw(state);
  drawSound(state.sounds ?? []);
});
