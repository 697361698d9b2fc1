// The next conversation is read ahead while somebody looks at the one before it: it opens without waiting. Whether he
// has seen it is told only when it stands on his screen.
(() => {
  "use strict";
  const body = document.body;
  const find = (selector, root = document) => root.querySelector(selector);
  const CALM = 250; // milliseconds: who runs down the list reads nothing ahead
  const GOOD_FOR = 30000, MOST = 3, SAVED_IN = 5000;
  const read = new Map(); // by address, oldest first
  const typed = new Map(); // by number: when something was written there last, which has to be saved before it is read

  const numberIn = (address) => (/\/(\d+)\/$/.exec(address) || [])[1];
  const forget = (number) => {
    for (const address of read.keys()) if (!number || numberIn(address) === String(number)) read.delete(address);
  };
  const readAhead = (link) => {
    const address = link && link.getAttribute("href"), here = find("#conversation");
    if (!address || !here || numberIn(address) === here.dataset.conversation || isGood(address)) return;
    if (Date.now() - (typed.get(numberIn(address)) || 0) < SAVED_IN) return;
    if (navigator.connection && navigator.connection.saveData) return;
    const headers = { "HX-Request": "true", "HX-Target": "div#conversation", "X-Ahead": "true" };
    const came = fetch(address, { headers })
      .then(async (answer) => (answer.ok && !answer.redirected ? answer.text() : Promise.reject(answer)));
    came.catch(() => read.delete(address)); // it is asked for when it is opened, and what is wrong is said then
    read.delete(address);
    read.set(address, { came, at: Date.now() });
    if (read.size > MOST) read.delete(read.keys().next().value);
  };
  const isGood = (address) => read.has(address) && Date.now() - read.get(address).at < GOOD_FOR;

  // ---- When: the row that one has come to, and the one below what is open.
  let calm;
  const soon = (link) => {
    clearTimeout(calm);
    calm = setTimeout(() => readAhead(link()), CALM);
  };
  document.addEventListener("focusin", (event) => event.target.matches(".item-body") && soon(() => event.target));
  document.addEventListener("htmx:after:swap", () => soon(() => find(".item[aria-current] + .item .item-body")));

  // ---- What has changed since is not good any more.
  body.addEventListener("otvet:changed", (event) => forget(event.detail));
  document.addEventListener("submit", () => forget());
  document.addEventListener("input", (event) => {
    if (!event.target.closest(".composer")) return;
    const { conversation } = find("#conversation").dataset;
    typed.set(conversation, Date.now());
    forget(conversation);
  });

  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail, address = ctx.request.action;
    if (ctx.request.method !== "GET" || !ctx.target || ctx.target.id !== "conversation" || !isGood(address)) return;
    const { came } = read.get(address), ask = ctx.fetch;
    read.delete(address);
    ctx.fetch = (...request) => came.then((text) => new Response(text), () => ask(...request));
  });
  document.addEventListener("htmx:after:swap", () => {
    const shown = find("#conversation[data-tells]");
    if (!shown) return;
    fetch(shown.dataset.tells, { method: "PUT", headers: { "X-CSRFToken": body.dataset.csrf } }).catch(() => {});
    shown.removeAttribute("data-tells");
  });
})();
