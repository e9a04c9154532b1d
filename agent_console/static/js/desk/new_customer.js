// A customer the archive does not know yet: its own form, beside the call, with the number in it.
import { byId, make } from "../dom.js";

const dialog = byId("customer-dialog");
let made = () => {};

/** Open the form for a number; `then` is given the id of the customer that was made. */
export async function newCustomer(number, then) {
  made = then;
  const answer = await fetch(`/customers/new?${new URLSearchParams({ number })}`).catch(() => null);
  if (!answer?.ok) return;
  show(await answer.text());
  dialog.showModal();
  dialog.querySelector("input:not([type=hidden])")?.focus();
}

/** Put the page's form, and what it says, into the dialog. */
function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = page.getElementById("main");
  const heading = make("h2", "", main.querySelector("h1").textContent);
  heading.id = "customer-dialog-title";
  const back = main.querySelector("form a.button");
  const close = make("button", "quiet", back?.textContent ?? "");
  close.type = "button";
  close.addEventListener("click", () => dialog.close());
  back?.replaceWith(close);
  byId("customer-form").replaceChildren(heading, ...main.querySelectorAll(":scope > [role=alert], :scope > form"));
  byId("customer-form").querySelector("form").addEventListener("submit", send);
}

async function send(event) {
  event.preventDefault();
  const answer = await fetch("/customers/new", { method: "POST", body: new FormData(event.target, event.submitter) }).catch(() => null);
  if (!answer) return;
  const id = answer.redirected && /\/customers\/(\d+)$/.exec(new URL(answer.url).pathname);
  if (id) {
    dialog.close();
    made(Number(id[1]));
  } else show(await answer.text());
}

dialog.addEventListener("close", () => byId("customer-form").replaceChildren());
