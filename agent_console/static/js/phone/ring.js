// The tone of a ringing phone, made by the browser: 450 Hz, 1 s on and 4 s off, as telephones ring in China.
const HERTZ = 450;
const ON = 1;
const PERIOD = 5;
const LOUDNESS = 0.35;

/** Ring in an AudioContext until the function that is returned is called. */
export function ring(context) {
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.frequency.value = HERTZ;
  volume.gain.value = 0;
  tone.connect(volume).connect(context.destination);
  tone.start();
  const once = () => {
    const now = context.currentTime;
    volume.gain.cancelScheduledValues(now);
    volume.gain.setValueAtTime(0, now);
    volume.gain.linearRampToValueAtTime(LOUDNESS, now + 0.02); // no click at the edges
    volume.gain.setValueAtTime(LOUDNESS, now + ON - 0.02);
    volume.gain.linearRampToValueAtTime(0, now + ON);
  };
  once();
  const again = setInterval(once, PERIOD * 1000);
  return () => {
    clearInterval(again);
    tone.stop();
    volume.disconnect();
  };
}
