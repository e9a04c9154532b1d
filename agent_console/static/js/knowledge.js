// The search of the knowledge base as one types, for the page /knowledge and for the desk's panel.
import { make, say, show } from "./dom.js";
import { fill } from "./words.js";

const PAUSE = 90; // milliseconds after a key, so that fast typing asks once

/**
 * Bring a search box to life (templates/knowledge/search_box.html). Arrows choose, Enter opens, Escape clears.
 * @param {HTMLInputElement} input holds the addresses and words as data- attributes
 * @param {HTMLElement} list gets the options; hidden while there are none
 * @param {object} more
 * @param {HTMLElement} [more.status] is told how many were found, or that nothing was
 * @param {() => string} [more.kind] the current call's kind, whose articles come first
 * @param {(found: object) => void} [more.open] is given what was opened; by default its page is opened
 * @param {(found: object) => void} [more.choose] is given what the arrows have come to
 * @param {(active: boolean) => void} [more.searching] is told when results are shown and when they go
 */
export function knowledgeSearch(input, list, more = {}) {
  const open = more.open ?? ((found) => location.assign(found.address));
  let results = [];
  let chosen = -1;
  let due = false; // something was typed that has not been answered yet
  let waiting;
  let asking;

  async function search() {
    const typed = input.value.trim();
    asking?.abort();
    if (!typed) return draw([], "");
    asking = new AbortController();
    const address = `${input.dataset.search}?${new URLSearchParams({ q: typed, kind: more.kind?.() ?? "" })}`;
    try {
      const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" }, signal: asking.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      const near = found.length > 0 && found[0].approximate;
      const words = found.length === 0 ? input.dataset.nothing : near ? input.dataset.near : fill(input.dataset.found, { n: found.length });
      draw(found, words);
    } catch (error) {
      if (error.name !== "AbortError") draw([], input.dataset.failed);
    }
  }

  function draw(found, words) {
    results = found;
    due = false;
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...found.map(option));
    show(list, found.length > 0);
    input.setAttribute("aria-expanded", String(found.length > 0));
    if (more.status) say(more.status, words);
    more.searching?.(input.value.trim() !== "");
  }

  function option(found, place) {
    const item = make("li", "",
      make("span", "found-title", ...marked(found.title, found.title_marks)),
      make("span", "found-excerpt", ...marked(found.excerpt, found.excerpt_marks)));
    item.id = `${list.id}-${place}`;
    item.lang = "zh-CN";
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the input
    item.addEventListener("click", () => { pick(place); open(found); });
    return item;
  }

  function pick(place) {
    chosen = place;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === place)));
    const item = list.children[place];
    input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
    more.choose?.(results[place]);
  }

  function clear() {
    input.value = "";
    clearTimeout(waiting);
    asking?.abort();
    draw([], "");
  }

  /** What was typed last counts, not what was found before: finish a search that waits or runs. */
  async function settle() {
    if (!due) return;
    clearTimeout(waiting);
    await search();
  }

  async function step(by) {
    await settle();
    if (!results.length) return;
    pick(chosen < 0 ? (by > 0 ? 0 : results.length - 1) : (chosen + by + results.length) % results.length);
  }

  async function enter() {
    await settle();
    const found = results[Math.max(chosen, 0)];
    if (found) open(found);
  }

  input.addEventListener("input", () => {
    due = true;
    clearTimeout(waiting);
    waiting = setTimeout(search, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // these keys belong to the input method
    const keys = {
      ArrowDown: () => step(1),
      ArrowUp: () => step(-1),
      Enter: () => input.value.trim() && enter(),
      Escape: () => (input.value ? clear() : input.blur()),
    };
    if (!(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
  return { clear };
}

/** Put an article, as its own page has it, into an element. */
export async function showArticle(slug, element) {
  const answer = await fetch(`/knowledge/${encodeURIComponent(slug)}?part=1`, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (!answer?.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  element.replaceChildren(...page.body.childNodes);
  element.scrollTop = 0;
  return true;
}

/** A text with what fits set apart: never as HTML. */
function marked(text, marks) {
  const pieces = [];
  let end = 0;
  [...marks].sort(([a], [b]) => a - b).forEach(([from, to]) => {
    if (from < end) return;
    pieces.push(signs(text, end, from), make("mark", "", signs(text, from, to)));
    end = to;
  });
  return [...pieces, signs(text, end)];
}

/** Places count characters, as the server does; JavaScript counts halves of rare ones. */
const signs = (text, from, to) => [...text].slice(from, to).join("");
