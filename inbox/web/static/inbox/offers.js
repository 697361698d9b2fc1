// What is offered while one writes: canned answers by "/", colleagues by "@", chosen from a list by typing on, by arrows or by a click.
(() => {
  "use strict";
  const find = (selector, root = document) => root.querySelector(selector);
  const list = () => find("#offers");
  const options = () => [...list().children];
  const PAUSE = 120; // ms: of quick typing only the last letter asks
  let asked = 0, asking, from = 0, area = null, putting = false;

  const isOpen = () => area && list() && !list().hidden;
  const close = () => {
    clearTimeout(asking);
    asked += 1; // what is still under way comes too late
    if (area) area.removeAttribute("aria-activedescendant");
    area = null;
    if (list()) list().hidden = true;
  };

  // The sign must stand at the beginning of a word; what follows it up to here is looked for.
  const typed = (writing) => {
    const before = writing.value.slice(0, writing.selectionStart);
    const at = before.lastIndexOf(writing.dataset.offers);
    if (at < 0 || /\s/.test(before.slice(at)) || !/^$|[\s(]/.test(before.slice(at - 1, at) || "")) return null;
    return { at, words: before.slice(at + 1) };
  };

  const choose = (option) => {
    options().forEach((each) => each.setAttribute("aria-selected", String(each === option)));
    area.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const show = (writing, html, at) => {
    list().innerHTML = html;
    if (!list().children.length) return close();
    area = writing;
    from = at;
    list().hidden = false;
    const said = find("#offers-said"), count = list().children.length;
    said.textContent = count > 1 ? said.dataset.more + " " + count : said.dataset.one;
    choose(options()[0]);
  };
  const ask = async (writing, { at, words }) => {
    const mine = asked += 1;
    const answer = await fetch(writing.dataset.from + "?q=" + encodeURIComponent(words)).catch(() => null);
    if (!answer || !answer.ok) return;
    const html = await answer.text();
    if (mine === asked && writing.isConnected) show(writing, html, at);
  };
  document.addEventListener("input", (event) => {
    const writing = event.target;
    if (putting || !writing.dataset || !writing.dataset.offers) return;
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
    const writing = area, start = from, end = writing.selectionStart, typedThere = writing.value.slice(start, end);
    close();
    if (option.dataset.put) return put(writing, option.dataset.put, start, end);
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
    if (!isOpen() || event.target !== area || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = options(), at = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
    const doing = {
      ArrowDown: () => choose(all[(at + 1) % all.length]),
      ArrowUp: () => choose(all[(at - 1 + all.length) % all.length]),
      Enter: () => take(all[at]),
      Tab: () => take(all[at]),
      Escape: close,
    }[event.key];
    if (!doing || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    doing();
  }, true);
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest("#offers [role=option]");
    if (option) {
      event.preventDefault(); // the field keeps the focus
      take(option);
    } else if (isOpen() && event.target !== area) close();
  });
  document.addEventListener("focusout", (event) => event.target === area && close());
  document.addEventListener("htmx:after:swap", () => area && !area.isConnected && close());
})();
