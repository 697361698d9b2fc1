// Single keys outside of fields, by their place on the keyboard so that they work in Russian too, and the sheet that
// tells them.
(() => {
  "use strict";
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const body = document.body;
  const strokes = JSON.parse(body.dataset.keys || "{}"); // by action; empty for who has switched them off
  const typing = (element) => element.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

  // ---- What can be done. Each looks for what the page offers now, and says whether it was there.
  const press = (selector) => {
    const button = find(selector);
    if (button) button.click();
    return Boolean(button);
  };
  const into = (selector) => {
    const field = all(selector).find((each) => each.offsetParent);
    if (field) field.focus();
    return Boolean(field);
  };
  // A field of a menu, which may have to come first.
  const inMenu = (selector, box = find(".talk-head details.menu-box[hx-get]")) => {
    if (!box) return false;
    box.open = true;
    return within(box, selector);
  };
  const within = (box, selector) => {
    const inBox = () => {
      const field = find(selector, box);
      if (!field || !field.offsetParent) return false;
      field.focus();
      return true;
    };
    if (inBox()) return true;
    const comes = new MutationObserver(() => inBox() && comes.disconnect());
    const around = box.closest("#conversation") || box;
    comes.observe(around, { attributeFilter: ["data-side"], childList: true, subtree: true });
    return true;
  };
  // The tags stand in the side panel, which may be shut.
  const tagHere = () => {
    const side = find("#side");
    if (!side || !find("#tab-note")) return false;
    if (!side.offsetParent) fold("side");
    return within(side, "[name=tag]");
  };
  // What is meant on a page of many: the one that has the focus; else the one that is open.
  const near = (selector) => {
    const card = document.activeElement.closest("[data-card]");
    return card ? find(selector, card) : find(`.talk-head ${selector}`);
  };
  const click = (button) => {
    if (button) button.click();
    return Boolean(button);
  };
  const tellWhy = (what) => {
    const box = near(`details[data-key=${what}]`);
    if (box) box.open = true;
    if (box) find("select, textarea", box).focus();
    return Boolean(box);
  };
  // While rows of the list are ticked, the keys of a conversation do it with all of them.
  const isTicked = () => find(".item-tick:checked");
  const many = (verb) => isTicked() && press(`#bulk button[value=${verb}]`);
  const manyIn = (which, selector) => isTicked() && inMenu(selector, find(`#bulk [data-bulk=${which}]`));
  const tick = (which) =>
    Boolean(find("#bulk")) && body.dispatchEvent(new CustomEvent("otvet:tick", { detail: which }));
  const step = (by) => {
    const rows = all(".list .item-body, [data-step]"), here = document.activeElement, row = here.closest(".item");
    const focused = rows.findIndex((each) => each === here || (row && row.contains(each)));
    const at = focused >= 0 ? focused : rows.findIndex((row) => row.closest("[aria-current]"));
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next) next.focus();
    return Boolean(next);
  };
  const fold = (pane) => {
    const asked = new CustomEvent("otvet:fold", { detail: { pane, done: false } });
    body.dispatchEvent(asked);
    return asked.detail.done;
  };
  const palette = (typed) => {
    body.dispatchEvent(new CustomEvent("otvet:palette", { detail: typed }));
    return Boolean(find("#palette"));
  };
  body.addEventListener("otvet:act", (event) => actions[event.detail]());
  const go = (place) => press(`.rail a[data-place="${place}"]`);
  const actions = {
    next: () => step(1),
    previous: () => step(-1),
    open: () => press(".item-body:focus, [data-step]:focus"),
    fresh: () => press("#fresh:not([hidden])"),
    list: () => press(".talk-head a[data-list]"),
    reply: () => manyIn("reply", "textarea") || press("#tab-reply"),
    note: () => press("#tab-note"),
    take: () => many("take") || click(near("[data-key=take]")),
    take_over: () => tellWhy("take_over"),
    pass_up: () => tellWhy("pass_up"),
    pass_on: () => manyIn("pass_on", "select[name=to]") || inMenu("select[name=to]"),
    snooze: () => manyIn("wait", "[name=snooze]") || inMenu("[name=until]"),
    solve: () => many("solve") || press("[data-key=solve]"),
    tag: () => manyIn("tag", "[name=tags]") || tagHere(),
    tick: () => tick("this"),
    tick_to: () => tick("range"),
    tick_all: () => tick("all"),
    find: () => into("#find, #find-here") || press(".find-go"),
    number: () => palette("#"),
    mine: () => go("mine"),
    queue: () => go("queue"),
    promises: () => go("promises"),
    drafts: () => go("drafts"),
    all_open: () => go("open"),
    waiting: () => go("pending"),
    snoozed: () => go("snoozed"),
    solved: () => go("solved"),
    fold_list: () => fold("list"),
    fold_side: () => fold("side"),
    palette: () => palette(""),
    sheet: () => sheet(),
  };

  // ---- Strokes: a key, with Shift or not, or two of them one after the other.
  const PAUSE = 1500; // milliseconds between the two
  let before = "", ends = 0;
  const strokeOf = (event) => (event.shiftKey ? "Shift+" : "") + event.code;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.code === "KeyK" && body.dataset.keys) {
      event.preventDefault();
      palette("");
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || find("dialog[open]")) return;
    if (event.code.startsWith("Shift")) return;
    const stroke = (Date.now() < ends ? before + " " : "") + strokeOf(event);
    before = "";
    ends = 0;
    const action = Object.keys(strokes).find((each) => strokes[each] === stroke);
    if (action) {
      if (actions[action]()) event.preventDefault();
    } else if (Object.values(strokes).some((each) => each.startsWith(stroke + " "))) {
      before = stroke;
      ends = Date.now() + PAUSE;
    }
  });

  // ---- The sheet. Where the browser tells what is printed on one's own keyboard, it stands there so.
  const sheet = () => {
    const dialog = find("#keys");
    if (dialog) dialog.showModal();
    if (dialog && navigator.keyboard) navigator.keyboard.getLayoutMap().then((layout) => {
      all("[data-stroke]", dialog).forEach((key) => {
        const usual = key.dataset.shown.split(" ");
        key.textContent = key.dataset.stroke.split(" ")
          .map((stroke, at) => printedOn(layout, stroke, usual[at])).join(" ");
      });
    }, () => {});
    return Boolean(dialog);
  };
  const printedOn = (layout, stroke, usual) => {
    const place = stroke.replace("Shift+", "");
    if (!place.startsWith("Key") || !layout.has(place)) return usual;
    const own = layout.get(place);
    return usual.replace(/[A-Za-z]$/, (sign) => sign === sign.toLowerCase() ? own : own.toUpperCase());
  };

  // A click beside a dialog closes it.
  document.addEventListener("click", (event) => {
    if (event.target.matches("dialog.palette, dialog.sheet-keys")) event.target.close();
    const button = event.target.closest("[data-close]"), asks = event.target.closest("[data-does]");
    if (button) button.closest("dialog").close();
    if (asks) actions[asks.dataset.does]();
  });

  // ---- On one's own page: press the keys that an action is to have, one or two soon after each other. They stand
  // there as they are printed.
  const printed = (event) => {
    const signs = JSON.parse(event.target.closest("[data-signs]").dataset.signs);
    const key = signs[event.code] || event.code.replace(/^(Key|Digit)/, "");
    return event.shiftKey ? signs["Shift+" + event.code] || "Shift+" + key : key.toLowerCase();
  };
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.matches || !field.matches("[data-stroke]") || ["Tab", "Escape"].includes(event.key)) return;
    if (event.code.startsWith("Shift") || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const second = field.first && Date.now() < field.ends && field.value === field.first;
    field.value = event.key === "Backspace" ? "" : (second ? field.first + " " : "") + printed(event);
    field.first = second ? "" : field.value;
    field.ends = Date.now() + PAUSE;
  });
})();
