// What a person presses stays where it is: news that comes while a button is held down is drawn when it is let go.
const LONGEST = 1000; // a call that rings or an alarm does not wait for a long press

let pressed = false;
let waiting = null;
let timer;

addEventListener("pointerdown", () => { pressed = true; }, true);
["pointerup", "pointercancel"].forEach((end) => addEventListener(end, () => {
  pressed = false;
  setTimeout(drawNow); // after the click that comes of it
}, true));

/** Draw, or wait until nothing is pressed. Of several the last is drawn. */
export function drawWhenLetGo(draw) {
  if (!pressed) {
    clearTimeout(timer);
    waiting = null;
    draw();
    return;
  }
  if (waiting === null) timer = setTimeout(drawNow, LONGEST);
  waiting = draw;
}

function drawNow() {
  const draw = waiting;
  waiting = null;
  clearTimeout(timer);
  draw?.();
}
