// On one's own page: this browser is to tell its owner also while every page of ours is closed.
(() => {
  "use strict";
  const find = (selector) => document.querySelector(selector);
  const can = window.isSecureContext && "serviceWorker" in navigator && "PushManager" in window
    && "Notification" in window;

  const say = (what) => {
    const here = find("#browsers");
    here.querySelector("[role=status]").textContent = here.dataset[what];
  };
  const subscribed = async () => {
    const worker = await navigator.serviceWorker.getRegistration();
    return worker && worker.pushManager.getSubscription();
  };
  const tellState = async () => {
    const here = find("#browsers");
    if (!here) return;
    const button = here.querySelector("[data-subscribe]");
    button.hidden = true;
    if (!can) return say("cannot");
    if (Notification.permission === "denied") return say("denied");
    const is = here.querySelector("[data-here]") && Notification.permission === "granted" && await subscribed();
    say(is ? "on" : "off");
    button.hidden = Boolean(is);
  };

  // The browser is asked when somebody presses the button, and never by itself.
  const subscribe = async (button) => {
    if (await Notification.requestPermission() !== "granted") return tellState();
    button.disabled = true;
    say("wait");
    try {
      await ask(button.dataset.subscribe);
      location.reload();
    } catch (error) {
      console.info(error);
      say("failed");
    }
    button.disabled = false;
  };
  const ask = async (url) => {
    await navigator.serviceWorker.register("/worker.js");
    const { pushManager } = await navigator.serviceWorker.ready;
    const { key, token } = await (await fetch(url)).json();
    const before = await pushManager.getSubscription();
    if (before) await before.unsubscribe(); // it may be of another key, or was removed here
    const made = (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })).toJSON();
    const said = { endpoint: made.endpoint, key: made.keys.p256dh, secret: made.keys.auth };
    const body = new URLSearchParams(said);
    const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token } });
    if (!answer.ok) throw new Error(answer.status);
  };
  const unsubscribe = async () => {
    const made = can && await subscribed();
    if (made) made.unsubscribe();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-subscribe]");
    if (button) subscribe(button);
    if (event.target.closest("[data-here] button")) unsubscribe();
  });
  document.addEventListener("htmx:after:swap", tellState);
  tellState();
})();
