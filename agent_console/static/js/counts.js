// The waiting callers by queue, as both the desk and the floor show them in their head.
import { byId, dress, keep, make, say } from "./dom.js";
import { words } from "./words.js";

/** Show how many wait in each queue. */
export function drawWaiting(waiting) {
  keep(byId("waiting"), waiting ?? [], (queue) => queue.queue, (queue) =>
    make("li", "", make("span", "name", words.queues[queue.queue] ?? queue.queue), make("span", "number figure")),
  (item, queue) => {
    dress(item, queue.queue === words.alarm_queue && queue.count ? "alarm" : "");
    say(item.lastElementChild, String(queue.count));
  });
}
