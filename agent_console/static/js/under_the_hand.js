// What a person presses stays where it is: news that comes while a button is held down is drawn when it is let go.
const LONGEST = 1000; // a call that rings or an alarm does not wait for a long press, nor for one whose end is not told

let heldUntil = 0;
let waiting = null;
let timer = null;

addEventListener("pointerdown", () => { heldUntil = performance.now() + LONGEST; }, true);
["pointerup", "pointercancel"].forEach((end) => addEventListener(end, () => {
  heldUntil = 0;
  setTimeout(drawNow); // after the click that comes of it
}, true));

/** Draw, or wait until nothing is pressed. Of several the last is drawn. */
export function drawWhenLetGo(draw) {
  waiting = draw;
  const held = heldUntil - performance.now();
  if (held <= 0) drawNow();
  else timer ??= setTimeout(drawNow, held);
}

function drawNow() {
  clearTimeout(timer);
  timer = null;
  const draw = waiting;
  waiting = null;
  draw?.();
}
