// The live feed: one stream of server-sent events, kept up by itself, until the session ends.
import { setServerTime } from "./clock.js";

const SILENT_AFTER = 40000; // the server pings every 15 s
const TRY_AGAIN = 2000;
const AWAKE = ["desk", "wall"]; // pages that nobody need look at

/**
 * Follow the feed.
 * @param {string} page which page this is ("desk", "floor", …); all but desk and wall rest while nobody sees them
 * @param {(state: object) => void} changed is given everything known after each change
 * @param {(up: boolean) => void} connection is told when the connection is lost and found
 * @param {(end: object) => void} ended is told why the session has ended
 * @param {string?} address of the feed of a screen that has no session
 */
export function follow(page, { changed, connection, ended, address = null }) {
  let state = {};
  let source;
  let heard = Date.now();
  let over = false;
  const asleep = () => !AWAKE.includes(page) && document.hidden; // a browser opens six connections to a host, no more

  function open() {
    if (over || asleep()) return;
    heard = Date.now();
    source?.close();
    source = new EventSource(address ?? `/live?page=${page}`);
    source.addEventListener("state", (event) => take(event, (news) => {
      state = { ...state, ...news };
      changed(state);
    }));
    source.addEventListener("ping", (event) => take(event, () => {}));
    source.addEventListener("signed_out", (event) => take(event, finish));
    source.onerror = lost;
  }

  function take(event, use) {
    heard = Date.now();
    connection(true);
    const { now, ...news } = JSON.parse(event.data);
    setServerTime(now);
    use(news);
  }

  function finish(end) {
    over = true;
    source?.close();
    ended(end);
  }

  async function lost() {
    connection(false);
    if (over || source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    try {
      if (await isOver()) return finish({});
    } catch {
      // the console is away; trying again is all there is to do
    }
    setTimeout(open, TRY_AGAIN);
  }

  /** Whether the session has ended, or the link opens nothing any more. */
  async function isOver() {
    if (address === null) {
      const answer = await fetch("/session", { headers: { "X-Requested-With": "fetch" } });
      return answer.status === 401;
    }
    const answer = await fetch(address.replace(/\/live$/, ""), { method: "HEAD" });
    return answer.status === 404;
  }

  setInterval(() => {
    if (!over && !asleep() && Date.now() - heard > SILENT_AFTER) {
      connection(false);
      open();
    }
  }, 5000);
  document.addEventListener("visibilitychange", () => (asleep() ? source?.close() : !AWAKE.includes(page) && open()));
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => event.persisted && open());
  open();
}
