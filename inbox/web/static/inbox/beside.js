// Who looks at the same conversation and who writes there: said by this window, shown in the list and over the thread.
(() => {
  "use strict";
  const body = document.body;
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // ---- What this window shows is said when it changes, and again each AGAIN: who is not heard of is forgotten.
  const AGAIN = 60000, TYPES = 4000;
  let typed = 0, said = "", at = 0;
  const typing = () => Date.now() - typed < TYPES;
  const tellPlace = (place) => {
    if (place === said && Date.now() - at < (place.endsWith("writes") ? TYPES : AGAIN)) return;
    if (!place && !said) return;
    said = place;
    at = Date.now();
    fetch(body.dataset.beside + place, {
      method: "PUT", keepalive: true, headers: { "X-CSRFToken": body.dataset.csrf },
    }).catch(() => { at = 0; });
  };
  const say = () => {
    const here = (find("#conversation") || body).dataset.conversation;
    const shown = here && document.visibilityState === "visible";
    tellPlace(shown ? "?at=" + here + (typing() ? "&writes" : "") : "");
  };
  document.addEventListener("input", (event) => {
    if (!event.target.dataset || !event.target.dataset.keep) return;
    typed = event.target.value.trim() ? Date.now() : 0;
    say();
  });
  document.addEventListener("submit", () => { typed = 0; }, true);
  document.addEventListener("visibilitychange", say);
  window.addEventListener("pagehide", () => tellPlace(""));
  setInterval(say, 1000);
  // Another stream: the servers may have forgotten where we are.
  body.addEventListener("otvet:ready", () => {
    at = 0;
    say();
  });

  // ---- What others said, by the number of the conversation.
  const there = new Map();
  const names = (people) =>
    new Intl.ListFormat(document.documentElement.lang || "en").format(people.map((one) => one.name));
  const filled = (kind, people) => {
    const made = find("#" + kind), inside = made.content.cloneNode(true);
    const words = people.length > 1 ? made.dataset.many : made.dataset.one;
    find("b, .typing", inside).textContent = words.replace("%(names)s", names(people));
    return inside;
  };
  const show = (place) => {
    const people = there.get(place.dataset.beside) || [];
    const writing = people.filter((one) => one.writes);
    place.hidden = !people.length;
    place.toggleAttribute("data-writes", writing.length > 0);
    place.replaceChildren(
      ...(people.length ? [writing.length ? filled("writes", writing) : filled("looks", people)] : []),
    );
  };
  const showAll = () => all("[data-beside]:not(body)").forEach(show);
  const announce = (number) => {
    const place = find("#talk-head [data-beside]");
    if (place && place.dataset.beside === number && !place.hidden) find("#announce").textContent = place.textContent;
  };
  body.addEventListener("otvet:alone", () => {
    there.clear();
    showAll();
  });
  body.addEventListener("otvet:beside", (event) => {
    const number = String(event.detail.number);
    const people = event.detail.people.filter((one) => String(one.id) !== body.dataset.me);
    if (people.length) there.set(number, people);
    else there.delete(number);
    all(`[data-beside="${number}"]`).forEach(show);
    announce(number);
  });
  document.addEventListener("htmx:after:swap", () => {
    showAll();
    say();
  });
  say();
})();
