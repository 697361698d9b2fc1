// Told while every page of ours is closed: shows the notice, and leads to it. It answers for no request.
"use strict";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const windows = () => self.clients.matchAll({ type: "window", includeUncontrolled: true });

// Pages that are open show the same notice under the same tag through this very registration: whoever is second finds
// it there. Nobody could tell otherwise, for a page that is hidden may be asleep. One that is seen has told it already.
const show = async ({ title, body, tag, number }) => {
  if ((await windows()).some((open) => open.visibilityState === "visible")) return;
  if ((await self.registration.getNotifications({ tag })).length) return;
  await self.registration.showNotification(title, { body, tag, data: number ? `/c/mine/${number}/` : "/notices/" });
};
self.addEventListener("push", (event) => {
  if (event.data) event.waitUntil(show(event.data.json()));
});

const open = async (path) => {
  const there = await windows();
  const found = there.find((one) => new URL(one.url).pathname === path) || there[0];
  if (!found) return self.clients.openWindow(path);
  await found.focus();
  return new URL(found.url).pathname === path ? found : found.navigate(path);
};
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

// The push service gave this browser another address: the old one is silent from now on. Where it was switched off
// meanwhile, or somebody else signed in, it stays so.
const subscribe = async () => {
  const { key, token, on } = await (await fetch("/me/browsers/")).json();
  if (!on) return;
  const options = { userVisibleOnly: true, applicationServerKey: key };
  const made = (await self.registration.pushManager.subscribe(options)).toJSON();
  const said = { endpoint: made.endpoint, key: made.keys.p256dh, secret: made.keys.auth };
  await fetch("/me/browsers/", { method: "POST", body: new URLSearchParams(said), headers: { "X-CSRFToken": token } });
};
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(subscribe()));
