// One call's page: hear both sides of a recording, or one of them (caller left, agent right).
import { start } from "./shell.js";

document.querySelectorAll(".recording").forEach((recording) => {
  const player = recording.querySelector("audio");
  const sides = recording.querySelector(".sides");
  if (!player || !sides) return;
  let gains;

  function split() {
    const context = new AudioContext();
    const splitter = context.createChannelSplitter(2);
    context.createMediaElementSource(player).connect(splitter);
    gains = ["left", "right"].map((side, channel) => {
      const gain = context.createGain();
      splitter.connect(gain, channel).connect(context.destination);
      return { side, gain };
    });
  }

  sides.addEventListener("change", (event) => {
    if (!gains) split(); // only when asked: until then the browser plays it plainly
    gains.forEach(({ side, gain }) => (gain.gain.value = event.target.value === "both" || event.target.value === side ? 1 : 0));
  });
});

start("calls");
