// What is offered while one writes: canned answers by "/", colleagues by "@", chosen from a list by typing on, by
// arrows or by a click. A field without a sign is offered all along what it may hold, and what is chosen there is done
// at once.
(() => {
  "use strict";
  const find = (selector, root = document) => root.querySelector(selector);
  const list = () => area && find("#" + area.getAttribute("aria-controls"));
  const options = () => [...list().children];
  const PAUSE = 120; // ms: of quick typing only the last letter asks
  let asked = 0, asking, from = 0, area = null, putting = false, picked = "";

  const isOpen = () => list() && !list().hidden;
  const close = () => {
    clearTimeout(asking);
    asked += 1; // what is still under way comes too late
    if (isOpen()) {
      list().hidden = true;
      list().replaceChildren();
    }
    if (area) area.removeAttribute("aria-activedescendant");
    if (area && area.ariaExpanded) area.ariaExpanded = "false";
    area = null;
    picked = "";
  };

  // The sign must stand at the beginning of a word; what follows it up to here is looked for.
  const typed = (writing) => {
    const before = writing.value.slice(0, writing.selectionStart);
    if (!writing.dataset.offers) return { at: 0, words: before };
    const at = before.lastIndexOf(writing.dataset.offers);
    if (at < 0 || /\s/.test(before.slice(at)) || !/^$|[\s(]/.test(before.slice(at - 1, at) || "")) return null;
    return { at, words: before.slice(at + 1) };
  };

  const choose = (option) => {
    options().forEach((each) => each.setAttribute("aria-selected", String(each === option)));
    area.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const nameOf = (option) => option.dataset.put || option.dataset.fetch;
  const pick = (option) => {
    picked = nameOf(option);
    choose(option);
  };
  const show = (writing, html, at) => {
    area = writing;
    from = at;
    list().innerHTML = html;
    list().hidden = false;
    if (!list().children.length) return close();
    if (area.ariaExpanded) area.ariaExpanded = "true";
    const said = find("#offers-said"), count = list().children.length;
    said.textContent = count > 1 ? said.dataset.more + " " + count : said.dataset.one;
    // What he has come to by arrows stays chosen though a late answer makes the list anew. Else, where there is a sign,
    // it is the first; without one what is typed is what is meant.
    const again = picked && options().find((each) => nameOf(each) === picked);
    if (again || writing.dataset.offers) choose(again || options()[0]);
  };
  const ask = async (writing, { at, words }) => {
    const mine = asked += 1;
    const answer = await fetch(writing.dataset.from + "?q=" + encodeURIComponent(words)).catch(() => null);
    if (!answer || !answer.ok) return;
    const html = await answer.text();
    if (mine === asked && writing.isConnected && document.activeElement === writing) show(writing, html, at);
  };
  document.addEventListener("input", (event) => {
    const writing = event.target;
    if (putting || !writing.dataset || writing.dataset.offers === undefined) return;
    const found = typed(writing);
    if (!found) return close();
    clearTimeout(asking);
    asking = setTimeout(() => ask(writing, found), PAUSE);
  });

  const put = (writing, text, start, end) => {
    writing.setRangeText(text, start, end, "end");
    putting = true;
    writing.dispatchEvent(new Event("input", { bubbles: true }));
    putting = false;
    writing.focus();
  };
  const take = async (option) => {
    const writing = area, start = from, end = writing.dataset.offers ? writing.selectionStart : writing.value.length;
    const typedThere = writing.value.slice(start, end);
    close();
    if (option.dataset.put) {
      put(writing, option.dataset.put, start, end);
      if (!writing.dataset.offers) writing.form.requestSubmit();
      return;
    }
    const answer = await fetch(option.dataset.fetch).catch(() => null);
    // Who typed on meanwhile keeps all of it.
    if (!answer || !answer.ok || writing.value.slice(start, end) !== typedThere) return;
    const part = document.createElement("template");
    part.innerHTML = await answer.text();
    const along = find("#along", part.content);
    find("#along").replaceWith(along);
    put(writing, along.dataset.text, start, end);
  };

  document.addEventListener("keydown", (event) => {
    const wants = event.key === "ArrowDown" && event.target.dataset && event.target.dataset.offers === "";
    if (wants && !isOpen()) ask(event.target, typed(event.target));
    if (!isOpen() || event.target !== area || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = options(), at = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
    const doing = {
      ArrowDown: () => pick(all[(at + 1) % all.length]),
      ArrowUp: () => pick(all[(Math.max(at, 0) - 1 + all.length) % all.length]),
      Enter: at >= 0 && (() => take(all[at])),
      Tab: at >= 0 && (() => take(all[at])),
      Escape: close,
    }[event.key];
    if (!doing || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    doing();
  }, true);
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest(".offers [role=option]");
    if (option) {
      event.preventDefault(); // the field keeps the focus
      take(option);
    } else if (isOpen() && event.target !== area) close();
  });
  document.addEventListener("focusout", (event) => event.target === area && close());
  document.addEventListener("htmx:after:swap", () => area && !area.isConnected && close());
})();
