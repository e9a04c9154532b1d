// One phone in one browser: of several pages of a session the newest has it, unless another one is in a call.
const CHANNEL = "hotline-phone";
const PATIENCE = 150;

/**
 * Claim the phone for this page.
 * @param {() => boolean} inCall whether this page is in a call, so that no other one may have the phone
 * @param {() => void} taken called when another page has claimed it
 * @returns {Promise<(() => void) | null>} gives the claim back; null when another page is in a call
 */
export async function claim(inCall, taken) {
  if (!("BroadcastChannel" in globalThis)) return () => {};
  const me = crypto.randomUUID();
  const channel = new BroadcastChannel(CHANNEL);
  let refused = false;
  let mine = false;
  const leave = (word) => {
    if (!mine) return;
    mine = false;
    if (word) channel.postMessage(word);
    channel.close();
  };
  channel.onmessage = ({ data }) => {
    if (data.asks && mine && inCall()) channel.postMessage({ busy: data.asks });
    if (data.busy === me) refused = true;
    if (data.has && mine) {
      leave();
      taken();
    }
  };
  channel.postMessage({ asks: me });
  await new Promise((go) => setTimeout(go, PATIENCE));
  if (refused) {
    channel.close();
    return null;
  }
  mine = true;
  channel.postMessage({ has: me });
  return () => leave({ free: true });
}

/** Call `then` once, as soon as the page that has the phone gives it back. */
export function whenFree(then) {
  if (!("BroadcastChannel" in globalThis)) return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }) => {
    if (!data.free) return;
    channel.close();
    then();
  };
}
