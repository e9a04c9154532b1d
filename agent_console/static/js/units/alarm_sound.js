// The sound of a gas leak that nobody has accepted yet: two tones in turn, until somebody does.
const TONES = [880, 660];
const EACH = 0.35;
const PAUSE = 1.1;
const LOUDNESS = 0.3;

let context = null;
let stop = null;

function tones() {
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.connect(volume).connect(context.destination);
  volume.gain.value = 0;
  tone.start();
  const once = () => {
    const now = context.currentTime;
    volume.gain.cancelScheduledValues(now);
    volume.gain.setValueAtTime(LOUDNESS, now);
    TONES.forEach((hertz, place) => tone.frequency.setValueAtTime(hertz, now + place * EACH));
    volume.gain.setValueAtTime(0, now + TONES.length * EACH);
  };
  once();
  const again = setInterval(once, (TONES.length * EACH + PAUSE) * 1000);
  return () => {
    clearInterval(again);
    tone.stop();
    volume.disconnect();
  };
}

/** Whether the browser lets the page be heard; it wants a click first. */
export function mayBeHeard() {
  context ??= new AudioContext();
  return context.state === "running";
}

/** Let the page be heard, out of a click. */
export async function allowSound() {
  context ??= new AudioContext();
  await context.resume();
}

/** Sound or be silent; gives whether it sounds. */
export function sound(wanted) {
  if (wanted && !stop && mayBeHeard()) stop = tones();
  if (!wanted && stop) {
    stop();
    stop = null;
  }
  return stop !== null;
}
