// @ts-check
// This browser as a channel: whether it can be reached by push, and the two steps to it and back.

const WORKER = "/service_worker.js";

/** "unsupported", "denied", or null when it can be asked. */
export function pushProblem() {
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return "unsupported";
  return Notification.permission === "denied" ? "denied" : null;
}

/** The SHA-256 of this browser's address at its push service, as the list of channels tells it; null without one. */
export async function pushPrint() {
  const endpoint = (await subscription())?.endpoint;
  if (!endpoint) return null;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Ask the person, then the push service; the subscription as the server wants it, or null when the person said no. */
export async function subscribe(key) {
  if ((await Notification.requestPermission()) !== "granted") return null;
  await navigator.serviceWorker.register(WORKER);
  const { pushManager } = await navigator.serviceWorker.ready;
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  return JSON.stringify(made);
}

/** Let the push service forget this browser. */
export async function unsubscribe() {
  await (await subscription())?.unsubscribe();
}

async function subscription() {
  const registration = await navigator.serviceWorker.getRegistration("/");
  return registration ? registration.pushManager.getSubscription() : null;
}
