// Small ways to change the page: only what differs is touched, so that nothing flickers or is read out twice.
export const byId = (id) => document.getElementById(id);

/** Set the text of an element if it is another one. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Show or hide an element. */
export function show(element, visible) {
  if (element.hidden === visible) element.hidden = !visible;
}

/** Set the class if it is another one. */
export function dress(element, name) {
  if (element.className !== name) element.className = name;
}

/** Make an element with a class and children (text or elements). */
export function make(tag, name, ...children) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** The shape of a state. */
export function shape(state) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "shape");
  drawing.setAttribute("aria-hidden", "true");
  drawing.append(document.createElementNS(SVG, "use"));
  setShape(drawing, state);
  return drawing;
}

/** Change a shape to that of another state. */
export function setShape(drawing, state) {
  const use = drawing.firstElementChild;
  const address = `/static/states.svg#${state}`;
  if (use.getAttribute("href") !== address) use.setAttribute("href", address);
}

/** Keep the children of `parent` in step with `items`; a child stays the same element while its key does. */
export function keep(parent, items, key, create, update) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  items.forEach((item, place) => {
    const name = String(key(item));
    let child = old.get(name);
    old.delete(name);
    if (!child) {
      child = create(item);
      child.dataset.key = name;
    }
    update(child, item, place);
    if (parent.children[place] !== child) parent.insertBefore(child, parent.children[place] ?? null);
  });
  old.forEach((child) => child.remove());
}
