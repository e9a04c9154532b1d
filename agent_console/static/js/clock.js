// Times on the page: counted with the server's clock, once a second for all, and nothing else moves.
let ahead = 0;
const counting = new Set();

/** Learn the server's time (milliseconds) from a message that has just come. */
export function setServerTime(milliseconds) {
  ahead = milliseconds - Date.now();
}

/** The server's time now, in milliseconds. */
export function serverNow() {
  return Date.now() + ahead;
}

/** 2:41, or 1:02:41 from an hour on. */
export function duration(milliseconds) {
  const whole = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** Call `count` now and whenever the clocks go on. */
export function onTick(count) {
  counting.add(count);
  count();
}

setInterval(() => counting.forEach((count) => count()), 250);
