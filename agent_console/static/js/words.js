// The words and settings of the page, put there by the server in the page's language.
export const words = JSON.parse(document.getElementById("words").textContent);

/** Fill "{name}" places of a wording. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
}
