// What one is told rings: on the desktop where the browser was allowed to, and with a sound where one wants it. What
// may ring, and for whom, the server says.
(() => {
  "use strict";
  const body = document.body;
  const find = (selector) => document.querySelector(selector);
  const place = "told:" + body.dataset.me;

  // Of all windows of this browser one rings: it holds a lock until it is closed, and then the next one has it.
  let rings = !navigator.locks;
  if (navigator.locks) navigator.locks.request(place, () => {
    rings = true;
    return new Promise(() => {});
  });

  let asking = false, once = false;
  const ask = async () => {
    once = asking;
    if (!rings || asking) return;
    asking = true;
    try {
      const answer = await fetch(body.dataset.calls + "?after=" + (localStorage.getItem(place) || 0));
      if (answer.ok) ring(await answer.json());
    } catch {
      // The network is away; what is told meanwhile is asked for when it is there again.
    }
    asking = false;
    if (once) ask();
  };
  body.addEventListener("otvet:told", ask);

  const ring = ({ newest, calls }) => {
    localStorage.setItem(place, newest);
    const others = calls.filter((call) => !isOnScreen(call));
    if (!others.length) return;
    others.forEach(show);
    find("#announce").textContent = others.map((call) => call.title + " " + call.body).join(". ");
    if ("sound" in body.dataset) sound();
  };
  const isOnScreen = (call) => {
    const shown = find("#conversation");
    return document.hasFocus() && shown && shown.dataset.conversation === String(call.number);
  };
  const allowed = () => "Notification" in window ? Notification.permission : "denied";
  // Where this browser is told with all pages closed, too, a notice goes through the registration of its service
  // worker: under its tag the two show it once, whoever is first.
  const show = async (call) => {
    if (allowed() !== "granted") return;
    const about = { body: call.body, tag: call.tag, data: call.url };
    const worker = navigator.serviceWorker && await navigator.serviceWorker.getRegistration();
    if (worker && worker.active) return worker.showNotification(call.title, about);
    const shown = new Notification(call.title, about);
    shown.addEventListener("click", () => {
      window.focus();
      location.assign(call.url);
      shown.close();
    });
  };

  // ---- Two short tones, made here. Before the first click in a window browsers play nothing.
  let audio;
  const sound = () => {
    if (!navigator.userActivation.hasBeenActive) return;
    audio = audio || new AudioContext();
    audio.resume();
    for (const [frequency, after] of [[660, 0], [880, 0.12]]) {
      const tone = audio.createOscillator(), volume = audio.createGain(), at = audio.currentTime + after;
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0.12, at);
      volume.gain.exponentialRampToValueAtTime(0.001, at + 0.25);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.25);
    }
  };

  // ---- A phone has its bell on one's own page: the way there shows the same number.
  const count = () => {
    const number = find("#bell .bell-n"), same = find("[data-bell]");
    if (!same) return;
    same.hidden = !number;
    same.textContent = number ? number.textContent : "";
  };

  // ---- On one's own page: the browser is asked when somebody presses the button, and never by itself.
  const tellState = () => {
    const state = find("#desktop");
    if (!state) return;
    state.querySelector("[role=status]").textContent = state.dataset[allowed()];
    state.querySelector("[data-allow]").hidden = allowed() !== "default";
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-ring]")) sound();
    if (event.target.closest("[data-allow]")) Notification.requestPermission().then(tellState);
  });
  document.addEventListener("htmx:after:swap", () => {
    count();
    tellState();
  });
  tellState();
})();
