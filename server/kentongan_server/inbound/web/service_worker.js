// @ts-check
// The service worker: it shows what a push says, and answers from its buttons. It keeps no page and no data.

const FALLBACK = { title: "Kentongan", body: "Buka aplikasi Kentongan. / Open Kentongan." };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => event.waitUntil(show(read(event.data))));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(event.action ? answer(event.action, event.notification.data) : open(event.notification.data));
});
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(subscribeAgain(event)));

function read(data) {
  try {
    return { ...FALLBACK, ...data.json() };
  } catch {
    return FALLBACK; // a push without a readable word is shown all the same: somebody meant to wake us
  }
}

/** One notification for each incident: a later word takes the earlier's place and wakes again. */
async function show(told) {
  const tag = told.incident ?? told.notification;
  await self.registration.showNotification(told.title, {
    body: told.body,
    lang: told.language ?? "id",
    ...(tag ? { tag, renotify: true } : {}),
    requireInteraction: told.urgent === true,
    vibrate: told.urgent === true ? [400, 120, 400, 120, 400, 120, 800] : [200],
    data: { incident: told.incident ?? null, answered: told.answered ?? "" },
    actions: Object.entries(told.answers ?? {}).map(([action, title]) => ({ action, title })),
  });
  if (told.notification) {
    await fetch(`/api/v1/notifications/${encodeURIComponent(told.notification)}/delivered`, { method: "POST" }).catch(() => {});
  }
}

/** Answer for the person signed in on this device; what could not be said is asked again on the page. */
async function answer(action, data) {
  const response = await fetch(`/api/v1/incidents/${encodeURIComponent(data.incident)}/acknowledge`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ answer: action }),
  }).catch(() => null);
  if (!response?.ok) return open(data);
  await self.registration.showNotification("Kentongan", { body: data.answered, tag: data.incident, silent: true, data });
}

async function open(data) {
  const address = data?.incident ? `/?incident=${encodeURIComponent(data.incident)}` : "/";
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const here = windows.find((client) => new URL(client.url).pathname === "/");
  if (!here) return self.clients.openWindow(address);
  here.postMessage({ incident: data?.incident ?? null });
  return here.focus();
}

/** The push service gave the browser another address: tell ours, or the next alarm goes nowhere. */
async function subscribeAgain(event) {
  const options = event.oldSubscription?.options ?? event.newSubscription?.options;
  const fresh = event.newSubscription ?? (options && (await self.registration.pushManager.subscribe(options)));
  if (!fresh) return;
  await fetch("/api/v1/me/channels", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ channel: "web_push", address: JSON.stringify(fresh) }),
  });
}
