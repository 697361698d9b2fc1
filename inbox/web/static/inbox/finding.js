// Finding while one types: the list alone is asked for, a moment after the last letter, and only what was asked last
// is shown. A search is one entry in the history, however many letters it has.
(() => {
  "use strict";
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const PAUSE = 200;
  const isField = (element) => Boolean(element && element.matches && element.matches(".find-in"));
  const isTooShort = (field) => field.value.trim().length === 1; // too much has it

  // ---- What is asked for. What was asked before is given up.
  let asked = null, typed = false; // since the page came
  const giveUp = () => {
    if (asked) asked.request.abort();
    asked = null;
  };
  document.addEventListener("htmx:config:request", (event) => {
    const { sourceElement, sourceEvent } = event.detail.ctx;
    if (!isField(sourceElement) || sourceEvent.type !== "input" || (typed && !isTooShort(sourceElement))) return;
    event.preventDefault();
    giveUp();
  });
  // Who goes elsewhere does not wait for it any more.
  const leave = () => {
    if (isField(document.activeElement)) return;
    giveUp();
    typed = false;
  };
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.target === document.body) leave();
    if (!isField(ctx.sourceElement)) return;
    giveUp();
    asked = ctx;
    // htmx takes what was given up for trouble.
    ctx.fetch = (...request) => fetch(...request)
      .then(async (answer) => new Response(await answer.text(), answer))
      .catch((error) => ctx === asked ? Promise.reject(error) : new Response(null, { status: 204 }));
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    if (isField(ctx.sourceElement) && ctx !== asked) event.preventDefault();
  });

  // ---- What is typed meanwhile stays, and stands in both fields: in the rail, and over the list where that is shut.
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx, tasks } = event.detail, here = document.activeElement;
    if (!isField(here) || !ctx.sourceElement.closest("#list, .find")) return;
    for (const { fragment } of tasks)
      all(".find-in", fragment).forEach((field) => field.setAttribute("value", here.value));
  });

  // ---- Where one is: the address, the title, and no place of the rail. A conversation that is open stands beside what
  // is found from now on: whatever is done there leads back to it.
  let begun = false;
  document.addEventListener("focusin", (event) => { if (isField(event.target)) begun = false; });
  const standsBeside = (talk, list) => {
    const [before] = /^\/c\/[^/]+\//.exec(talk.dataset.reads);
    for (const element of [talk, ...all("*", talk)])
      for (const { name, value } of element.attributes)
        if (value.startsWith(before)) element.setAttribute(name, list + value.slice(before.length));
  };
  document.addEventListener("htmx:after:swap", (event) => {
    const { sourceElement, request } = event.detail.ctx;
    if (!isField(sourceElement)) return;
    const talk = find("#conversation[data-conversation]"), list = find("#list").dataset.here;
    if (talk && list) standsBeside(talk, list);
    const address = talk && list ? `${list}${talk.dataset.conversation}/` : request.action;
    if (address !== location.pathname + location.search)
      history[begun ? "replaceState" : "pushState"]({ htmx: true }, "", address);
    begun = true;
    all(".rail [aria-current], .dock [aria-current]").forEach((place) => place.removeAttribute("aria-current"));
    if (!talk) document.title = find("#list .pane-title").textContent.trim() + " · Otvet";
  });

  // ---- On a page without a list the desk comes, unless something that was typed there would be lost.
  let later = 0, written = false;
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.closest("#main")) written = true;
    if (!isField(field)) return;
    typed = true;
    all(".find-in").forEach((each) => { if (each !== field) each.value = field.value; });
    if (find("#list")) return;
    event.stopPropagation();
    clearTimeout(later);
    later = setTimeout(() => {
      if (!typed) return;
      if (find("#list")) field.dispatchEvent(new CustomEvent("otvet:find"));
      else if (field.value.trim() && !isTooShort(field) && !written) field.form.requestSubmit();
    }, PAUSE);
  }, true);
  const arrive = () => {
    written = false;
    all(".find-in").forEach((field) => { if (field !== document.activeElement) field.value = field.defaultValue; });
  };
  document.addEventListener("htmx:after:swap", (event) => {
    const field = document.activeElement;
    if (event.detail.ctx.target === document.body) arrive();
    if (!isField(field) || event.detail.ctx.sourceElement !== field.form) return;
    begun = true;
    const { q } = Object.fromEntries(new URLSearchParams(location.search));
    if (field.value !== q) field.dispatchEvent(new CustomEvent("otvet:find")); // typed meanwhile
  });

  // ---- Enter asks at once, and an arrow leads to the first that was found.
  document.addEventListener("keydown", (event) => {
    if (!isField(event.target) || !find("#list") || event.isComposing) return;
    const first = find(".list .item-body");
    if (event.key === "Enter") event.target.dispatchEvent(new CustomEvent("otvet:find"));
    else if (event.key === "ArrowDown" && first) first.focus();
    else return;
    event.preventDefault();
  });
})();
