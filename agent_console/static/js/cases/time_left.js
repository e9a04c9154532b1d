// Bars of time left: they count on by themselves, from what the server said when it made the page.
import { serverNow, setServerTime } from "../clock.js";
import { dress, say } from "../dom.js";
import { fill, words } from "../words.js";

const [MINUTE, HOUR, DAY] = [60, 3600, 86400];

/** Let every bar of the page count: `.clock-bar` with data-due and data-percent, made at data-now of the page. */
export function countTimeLeft() {
  const made = Number(document.querySelector("[data-made-at]")?.dataset.madeAt);
  if (!made) return;
  setServerTime(made);
  const madeAt = (bar) => Number(bar.closest("[data-made-at]")?.dataset.madeAt ?? made); // parts come anew later
  const count = () => document.querySelectorAll(".clock-bar[data-due]").forEach((bar) => draw(bar, madeAt(bar)));
  count();
  setInterval(count, 1000);
}

/** "2 h 13 min left", "5 min late": until a moment (milliseconds). */
export function leftText(due) {
  const left = (due - serverNow()) / 1000;
  return fill(left <= 0 ? words.time_late : words.time_left, { time: span(Math.abs(left)) });
}

function draw(bar, made) {
  const due = Number(bar.dataset.due);
  const left = (due - serverNow()) / 1000;
  const begun = Number(bar.dataset.percent);
  const gone = due > made ? (serverNow() - made) / (due - made) : 1;
  const used = left <= 0 ? 100 : Math.min(99.9, begun + (100 - begun) * Math.max(0, gone));
  bar.querySelector("progress").value = used;
  say(bar.querySelector(".left"), leftText(due));
  const level = left <= 0 ? "late" : `level-${Math.min(2, words.warn_at.filter((share) => used >= share).length)}`;
  dress(bar, `clock-bar ${level}`);
  bar.closest("[data-goes-late]")?.classList.toggle("late", level === "late");
}

function span(seconds) {
  const whole = Math.floor(seconds);
  if (whole >= DAY) return fill(words.span_days, { d: Math.floor(whole / DAY), h: Math.floor((whole % DAY) / HOUR) });
  if (whole >= HOUR) return fill(words.span_hours, { h: Math.floor(whole / HOUR), m: Math.floor((whole % HOUR) / MINUTE) });
  return fill(words.span_minutes, { m: Math.floor(whole / MINUTE), s: whole % MINUTE });
}
