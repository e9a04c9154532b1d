// The unit's screen: the list comes anew with every change; a gas leak sounds until somebody accepts it.
import { byId, show } from "../dom.js";
import { start } from "../shell.js";
import { allowSound, mayBeHeard, sound } from "./alarm_sound.js";
import { livePart } from "./live_part.js";
import { countTimeLeft } from "../cases/time_left.js";
import { watchForms } from "./work_form.js";

const button = byId("sound-on");

function listen() {
  const waits = document.querySelector("[data-alarm]") !== null;
  sound(waits);
  show(button, !mayBeHeard());
  document.body.classList.toggle("alarm-now", waits);
}

button.addEventListener("click", async () => {
  await allowSound();
  listen();
});
document.addEventListener("pointerdown", () => allowSound().then(listen).catch(() => {}), { once: true });
countTimeLeft();
watchForms(({ to }) => (to && to !== location.pathname ? location.assign(to) : location.reload()));
listen();
start("unit", livePart(listen));
