// What could not be loaded: what stood there stays, and a bar in its place offers to try again. What may not be seen
// any more stays, too, and says so. What takes long to come shows its shape meanwhile.
(() => {
  "use strict";
  const body = document.body;
  const find = (selector, root = document) => root.querySelector(selector);
  const BROKEN = 500; // from this status on the server is to blame, and its answer takes the place of nothing

  // ---- One bar for each pane; a new try is for everything in it that failed.
  const failed = new Map(); // what asked, and what it asked for
  const loaded = new WeakMap(); // when a pane was last told something
  const began = new Date();
  const PANES = "#talk-pane, #side, #list", INSIDE = { side: ".pane-scroll", list: "#list-scroll" };
  const paneOf = (target) => {
    // A selector where the server named it.
    const element = (typeof target === "string" ? find(target) : target) || body;
    return element.closest(PANES) || (element.id === "conversation" && find("#talk-pane")) || body;
  };
  const barOf = (pane) =>
    [...document.querySelectorAll(".failed")].find((bar) => (bar.closest(PANES) || body) === pane);
  const say = (pane) => {
    if (barOf(pane) || !find("#failed")) return;
    const bar = find("#failed").content.firstElementChild.cloneNode(true), words = find("span", bar);
    const time = (loaded.get(pane) || began).toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    });
    words.textContent = words.dataset.says.replace("%(time)s", time);
    find("button", bar).addEventListener("click", () => again(pane));
    put(bar, pane);
  };
  const put = (bar, pane) => {
    if (pane === body) bar.classList.add("toast");
    (INSIDE[pane.id] ? find(INSIDE[pane.id], pane) : pane).prepend(bar);
  };
  const again = (pane) => {
    const bar = barOf(pane);
    if (bar) bar.remove();
    for (const [source, ctx] of failed) {
      if (paneOf(ctx.target) !== pane && source.isConnected) continue;
      failed.delete(source);
      if (source.matches("a")) source.click();
      else if (source.isConnected)
        window.htmx.ajax("GET", ctx.request.action, { source, target: ctx.target, swap: ctx.swap });
    }
  };
  // The network is back: nobody need press anything. It says so before it is: for a while what fails is tried again.
  const SETTLES = 30000, PAUSE = 1000;
  let back = -SETTLES;
  const all = () => new Set([...failed.values()].map((ctx) => paneOf(ctx.target))).forEach(again);
  window.addEventListener("online", () => {
    back = performance.now();
    all();
  });
  const trouble = (ctx) => {
    if (ctx.left) return; // nobody waits for it any more (desk.js)
    if (ctx.request.method !== "GET") {
      body.dispatchEvent(new CustomEvent("otvet:unsent"));
      return;
    }
    failed.set(ctx.sourceElement, ctx);
    say(paneOf(ctx.target));
  };
  document.addEventListener("htmx:error", (event) => {
    const { ctx, error } = event.detail;
    if (!ctx || (error && error.name === "AbortError")) return;
    trouble(ctx);
    if (performance.now() - back < SETTLES) setTimeout(all, PAUSE);
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.response.status < BROKEN) return;
    event.preventDefault();
    trouble(ctx);
  });

  // ---- What was refused to a part of the page, as the server words it (inbox/web/refusing.py): once in each pane.
  document.addEventListener("otvet:refused", (event) => {
    if (!find("#refused")) return;
    const pane = paneOf(event.target), made = find("#refused").content.firstElementChild.cloneNode(true);
    find("span", made).textContent = event.detail.value;
    document.querySelectorAll(".refused").forEach((bar) => (bar.closest(PANES) || body) === pane && bar.remove());
    put(made, pane);
    body.dispatchEvent(new CustomEvent("otvet:kept"));
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const { sourceElement, target } = event.detail.ctx;
    failed.delete(sourceElement);
    for (const [source, ctx] of failed) if (ctx.left || !source.isConnected) failed.delete(source);
    const pane = paneOf(target);
    loaded.set(pane, new Date());
    const left = [...failed.values()].some((ctx) => paneOf(ctx.target) === pane);
    if (!left && barOf(pane)) barOf(pane).remove();
  });

  // ---- Another conversation or list that takes long to come: its shape, over what is shown of the one before.
  const SLOW = 150; // milliseconds
  const waiting = new Map();
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.request.method !== "GET" || !ctx.target) return;
    if (ctx.target.id === "conversation" && !isShown(ctx)) wait(ctx, find(".p-talk"), find("#comes"));
    else if (ctx.sourceElement.matches("#rail-lists a")) wait(ctx, find("#list"), find("#list-comes"));
  });
  const isShown = (ctx) => {
    const number = find("#conversation").dataset.conversation;
    return number && ctx.request.action.includes("/" + number + "/");
  };
  const wait = (ctx, pane, shape) => {
    if (pane && shape) waiting.set(ctx, setTimeout(() => {
      pane.setAttribute("aria-busy", "true");
      pane.append(shape.content.cloneNode(true));
    }, SLOW));
  };
  document.addEventListener("htmx:finally:request", (event) => {
    clearTimeout(waiting.get(event.detail.ctx));
    waiting.delete(event.detail.ctx);
    if (waiting.size) return;
    document.querySelectorAll(".comes").forEach((shape) => shape.remove());
    document.querySelectorAll("[aria-busy]").forEach((pane) => pane.removeAttribute("aria-busy"));
  });
})();
