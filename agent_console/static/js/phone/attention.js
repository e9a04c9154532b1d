// Calling somebody back to the page: the title of its tab, and the system's notifications.
const CIRCLES = "①②③④⑤⑥⑦⑧⑨";
let title = null;
let shown = null;

/** Put the ring's number (1, 2, 3; 0 while the device does not ring yet) and a text into the tab's title. */
export function ringTitle(number, text) {
  title ??= document.title;
  document.title = `${number ? (CIRCLES[number - 1] ?? number) : "…"} ${text}`;
}

/** The title as it was before the first ring. */
export function restoreTitle() {
  if (title !== null) document.title = title;
  title = null;
}

/** "granted", "denied", "default" (not asked yet) or "none" (this browser has no notifications). */
export function notifications() {
  return "Notification" in globalThis ? Notification.permission : "none";
}

/** Ask whether notifications may be shown; only out of a click, as browsers demand. Gives the answer. */
export async function askForNotifications() {
  if (notifications() !== "default") return notifications();
  return Notification.requestPermission();
}

/**
 * Show a notification while nobody sees the page; a click on it brings the page to the front. No whole
 * number belongs into it: it stays in the system's list after the call.
 */
export function notify(text, detail = "") {
  endNotification();
  if (notifications() !== "granted" || document.visibilityState === "visible") return;
  shown = new Notification(text, { body: detail, tag: "hotline-call", requireInteraction: true });
  shown.onclick = () => {
    window.focus();
    endNotification();
  };
}

/** Take the notification away: the call was answered, or has ended. */
export function endNotification() {
  shown?.close();
  shown = null;
}
