// Ticking rows of the list: by pointer or key, a range with Shift, all that match. What is ticked stays so while the
// list changes around it; what is done with it is a form of its own.
(() => {
  "use strict";
  const body = document.body;
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const boxes = () => all(".item-tick");

  const ticked = new Set(); // values of rows
  let list = "", last = "", matching = null; // of which list; the row ticked last; all that match: how many, until when
  let count = 0, offer = "", wantsAll = false; // the offer is to tick all that match, as the server words it

  const forget = () => {
    ticked.clear();
    matching = null;
    last = offer = "";
    wantsAll = false;
  };
  const ask = async () => {
    const form = find("#bulk"), of = form.dataset.of;
    const named = new URLSearchParams({ view: form.elements.view.value });
    try {
      const answer = await fetch(`${form.dataset.matching}?${named}`), said = answer.ok ? await answer.text() : "";
      if (of === list) offer = said;
    } catch {
      // The network is away: what is shown can be ticked all the same.
    }
    show();
    if (wantsAll && offer) tickAll();
  };
  const isMeant = (box) => matching ? Number(box.closest(".item").dataset.at) <= matching.until : ticked.has(box.value);
  // The page as it must be: after a tick, and after it was changed around the ticks.
  const show = () => {
    const form = find("#bulk");
    if (!form) return;
    if (form.dataset.of !== list) forget();
    list = form.dataset.of;
    const here = boxes(), values = new Set(here.map((box) => box.value));
    for (const value of ticked) if (!values.has(value)) ticked.delete(value);
    for (const box of here) box.checked = isMeant(box);
    form.elements.until.value = matching ? matching.written : "";
    const before = count;
    count = matching ? matching.count : ticked.size;
    const words = form.dataset.says.replace("%(n)s", count);
    find("#ticked").textContent = count ? words : "";
    if (count !== before && find("#announce")) find("#announce").textContent = words;
    if (Boolean(find("#tick-all")) !== Boolean(offer)) find("#matching").innerHTML = offer;
    if (count && !before && !offer) ask();
  };

  const tick = (box, on) => {
    if (matching) { // one of all is not meant: what is left is what is shown
      for (const each of boxes()) if (isMeant(each)) ticked.add(each.value);
      matching = null;
    }
    if (on) ticked.add(box.value);
    else ticked.delete(box.value);
  };
  const tickTo = (box, on) => {
    const here = boxes(), from = here.findIndex((each) => each.value === last), to = here.indexOf(box);
    const [first, end] = from < 0 ? [to, to] : [Math.min(from, to), Math.max(from, to)];
    for (const each of here.slice(first, end + 1)) tick(each, on);
  };
  const tickAll = () => {
    wantsAll = !offer;
    if (wantsAll) {
      ask();
      return;
    }
    const button = find("#tick-all"), { matched, count } = button ? button.dataset : {};
    if (!button) return; // nothing matches
    matching = { written: matched, until: Date.parse(matched) / 1000, count: Number(count) };
    show();
  };
  const clear = () => {
    forget();
    show();
  };

  document.addEventListener("click", (event) => {
    const box = event.target;
    if (box.id === "untick") clear();
    if (box.closest("#tick-all")) tickAll();
    if (!box.matches(".item-tick")) return;
    if (event.shiftKey) tickTo(box, box.checked);
    else tick(box, box.checked);
    last = box.value;
    show();
  });
  // What keys.js asks for: this row, a range up to it, or all.
  body.addEventListener("otvet:tick", (event) => {
    if (event.detail === "all") {
      tickAll();
      return;
    }
    const row = document.activeElement.closest(".item") || find(".item[aria-current]");
    const box = row && find(".item-tick", row);
    if (!box) return;
    if (event.detail === "range") tickTo(box, true);
    else tick(box, !box.checked);
    last = box.value;
    show();
  });
  document.addEventListener("keydown", (event) => {
    const busy = find("details.menu-box[open], dialog[open]") ||
      event.target.closest("textarea, select, input:not([type=checkbox])");
    if (event.key === "Escape" && count && !busy) clear();
  }, true);

  // Enter in a menu presses the menu's own button: the browser would press the first one of the form, which takes all.
  // On a box that is ticked, or in a list to choose from, it begins nothing.
  const isEnter = (event) =>
    event.key === "Enter" && event.target.matches("input, select, textarea") && event.target.form === find("#bulk");
  const pressOwn = (field) => find("#bulk").requestSubmit(find("[name=verb]", field.closest(".menu")));
  document.addEventListener("keypress", (event) => {
    if (!isEnter(event) || event.target.matches("textarea")) return;
    event.preventDefault();
    if (event.target.matches(".menu input")) pressOwn(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (!isEnter(event) || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (event.target.closest(".menu")) pressOwn(event.target);
  });

  // It was begun: nothing is ticked any more, and what was typed for it is gone with it.
  document.addEventListener("otvet:begun", () => {
    const form = find("#bulk");
    form.reset();
    all("details[open]", form).forEach((box) => box.removeAttribute("open"));
    clear();
    find("#bulk-state").focus();
  });
  document.addEventListener("htmx:finally:request", (event) => {
    if (event.target.id === "bulk") delete event.target.dataset.busy;
  });
  let works = false;
  document.addEventListener("htmx:after:swap", () => {
    const worked = works;
    works = Boolean(find("#bulk-state [aria-busy]"));
    // A search is asked again.
    if (worked && !works) body.dispatchEvent(new CustomEvent("otvet:done", { bubbles: true }));
    show();
  });
  show();
})();
