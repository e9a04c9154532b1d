// What the phone asks the console: the key of this page, whether it still counts, and where counts are kept.

/** The console gave no key; `word` says why. */
export class NoKey extends Error {
  constructor(word) {
    super(word);
    this.word = word;
  }
}

const KEPT = ["leg", "seconds", "over", "sent", "received", "lost", "lost_there", "jitter_ms", "round_trip_ms", "codec"];

const headers = () => ({
  "X-CSRFToken": document.querySelector("meta[name=csrf]").content,
  "X-Requested-With": "fetch",
});

/** A fresh key for this page: {url, user, secret, realm, mark}. The one before counts no more. Throws NoKey. */
export async function newKey() {
  const answer = await fetch("/phone/key", { method: "POST", headers: headers() }).catch(() => null);
  if (answer?.status === 401) throw new NoKey("signed_out");
  if (answer?.status === 403 || answer?.status === 409) throw new NoKey("no_browser_phone");
  if (!answer?.ok) throw new NoKey("console_away");
  return answer.json();
}

/** Why the key with this mark counts no more, as a word of "trouble"; "" while it does, or nobody can say. */
export async function whyRefused(mark) {
  const answer = await fetch("/phone/key", { headers: headers() }).catch(() => null);
  if (answer?.status === 401) return "signed_out";
  if (!answer?.ok) return "";
  return (await answer.json()).mark === mark ? "" : "other_page";
}

/** Keep the counts of a call; those of a page that is being closed still get there. */
export function keepCounts(counted) {
  const known = KEPT.filter((name) => counted[name] !== null && counted[name] !== "");
  const body = new URLSearchParams(known.map((name) => [name, String(counted[name])]));
  fetch("/phone/quality", { method: "POST", headers: headers(), body, keepalive: true }).catch(() => {
    // the next ones may get through
  });
}
