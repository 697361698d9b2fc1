// The live stream, one a window: an event carries ids, and the page asks for what changed.
(() => {
  "use strict";
  const body = document.body;
  const find = (selector) => document.querySelector(selector);
  const tell = (name, detail) => body.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));

  // However many changes come at once, each part of the page is asked for once in PAUSE, and always after the last one.
  const PAUSE = 700, told = {}, waiting = {};
  const soon = (name) => {
    if (waiting[name]) return;
    waiting[name] = setTimeout(() => {
      waiting[name] = 0;
      told[name] = Date.now();
      tell(name);
    }, Math.max(0, (told[name] || 0) + PAUSE - Date.now()));
  };
  const isOut = () => "signedOut" in body.dataset; // signed.js finds out, and says when it is over
  const change = (number) => {
    if (isOut()) return;
    tell("otvet:changed", number);
    soon("otvet:change");
    const here = (find("#conversation") || body).dataset.conversation;
    if (here && (!number || String(number) === here)) soon("otvet:talk-" + here);
  };

  // The server says something each 20 seconds. A stream that is silent for longer is dead, though it may look alive
  // after a sleep.
  const SILENCE = 50000;
  let stream, again, heard = 0, wait = 1000, last = "";
  const listen = () => {
    clearTimeout(again);
    if (stream) stream.close();
    if (!find("#rail-lists") || isOut()) return;
    heard = Date.now();
    stream = new EventSource("/events?window=" + body.dataset.beside.split("/").at(-2));
    for (const [name, does] of Object.entries(hears)) {
      stream.addEventListener(name, (event) => {
        heard = Date.now();
        does(event);
      });
    }
    stream.addEventListener("error", () => {
      body.dataset.live = "off";
      if (stream.readyState !== EventSource.CLOSED) return;
      tell("otvet:silent");
      wait = Math.min(wait * 2, 30000);
      clearTimeout(again);
      again = setTimeout(listen, wait * (0.7 + Math.random() * 0.6));
    });
  };
  const hears = {
    ready: (event) => {
      if (event.lastEventId !== last) change(); // also the first time: something may have come since the page was made
      last = event.lastEventId;
      wait = 1000;
      body.dataset.live = "on";
      tell("otvet:ready");
      tell("otvet:told"); // or told while nothing was heard
    },
    change: (event) => {
      last = event.lastEventId;
      change(JSON.parse(event.data).number);
    },
    alone: () => tell("otvet:alone"),
    beside: (event) => tell("otvet:beside", JSON.parse(event.data)),
    told: () => tell("otvet:told"),
    here: () => {},
  };

  // A laptop that slept, a tab that was away, a network that is there again: look again at once.
  const wake = () => {
    if (body.dataset.live !== "on" || Date.now() - heard > SILENCE) listen();
    change();
  };
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake());
  body.addEventListener("otvet:signed-in", wake);
  window.addEventListener("online", wake);
  window.addEventListener("pageshow", (event) => event.persisted && wake());
  setInterval(() => Date.now() - heard > SILENCE && wake(), 10000);
  setInterval(() => document.visibilityState === "visible" && change(), 60000);
  listen();
})();
