// The part of a page that the server draws anew whenever something about cases is new.
import { byId } from "../dom.js";

const REST = 250; // changes that come thick and fast are drawn together

/** Gives the page's render function; `drawn` is called after each drawing. */
export function livePart(drawn = () => {}) {
  const place = byId("live-part");
  let known = null;
  let wanted = null;
  let busy = false;

  async function draw() {
    if (busy) return;
    busy = true;
    while (wanted !== known) {
      const mark = wanted;
      try {
        const answer = await fetch(place.dataset.part, { headers: { "X-Requested-With": "fetch", Accept: "text/html" } });
        if (!answer.ok) break; // the next change, or the banner of the feed, says what is wrong
        replace(await answer.text());
        known = mark;
        drawn(place);
      } catch {
        break;
      }
      await new Promise((done) => setTimeout(done, REST));
    }
    busy = false;
  }

  /** Put the new part in; open details, the focus and what is typed there stay. */
  function replace(html) {
    const open = new Set([...place.querySelectorAll("details[open]")].map((each) => each.className));
    const focused = document.activeElement;
    const typing = place.contains(focused) && focused.matches("input:not([type=hidden]), textarea, select");
    if (typing) return; // what somebody types into is left alone; the next change comes
    const link = place.contains(focused) ? focused.getAttribute("href") : null;
    const parsed = new DOMParser().parseFromString(html, "text/html");
    place.replaceChildren(...parsed.body.childNodes);
    place.querySelectorAll("details").forEach((each) => { if (open.has(each.className)) each.open = true; });
    if (link) [...place.querySelectorAll("a[href]")].find((each) => each.getAttribute("href") === link)?.focus();
  }

  return (state) => {
    if (!state.cases) return;
    wanted = state.cases;
    if (wanted !== known) draw();
  };
}
