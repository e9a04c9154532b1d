// The live feed: one stream of server-sent events, kept up by itself, until the session ends.
import { setServerTime } from "./clock.js";

const SILENT_AFTER = 40000; // the server pings every 15 s
const TRY_AGAIN = 2000;

/**
 * Follow the feed.
 * @param {string} page which page this is ("desk", "floor", …); all but the desk rest while nobody sees them
 * @param {(state: object) => void} changed is given everything known after each change
 * @param {(up: boolean) => void} connection is told when the connection is lost and found
 * @param {(end: object) => void} ended is told why the session has ended
 */
export function follow(page, { changed, connection, ended }) {
  let state = {};
  let source;
  let heard = Date.now();
  let over = false;
  const asleep = () => page !== "desk" && document.hidden; // a browser opens six connections to a host, no more

  function open() {
    if (over || asleep()) return;
    heard = Date.now();
    source?.close();
    source = new EventSource(`/live?page=${page}`);
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
      const answer = await fetch("/session", { headers: { "X-Requested-With": "fetch" } });
      if (answer.status === 401) return finish({});
    } catch {
      // the console is away; trying again is all there is to do
    }
    setTimeout(open, TRY_AGAIN);
  }

  setInterval(() => {
    if (!over && !asleep() && Date.now() - heard > SILENT_AFTER) {
      connection(false);
      open();
    }
  }, 5000);
  document.addEventListener("visibilitychange", () => (asleep() ? source?.close() : page !== "desk" && open()));
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => event.persisted && open());
  open();
}
