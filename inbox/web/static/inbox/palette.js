// The palette: every place is reached from it, and everything done that the page offers to be pressed.
(() => {
  "use strict";
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const body = document.body;
  let shown = [], chosen = 0;

  const labelOf = (element) =>
    (element.dataset.label || element.innerText.trim() || element.textContent.trim() || element.title)
      .replace(/\s+/g, " ").trim();
  const same = (label) => (other) => other.label.toLowerCase() === label.toLowerCase();
  const isFirst = (offer, at, each) => offer.label && each.findIndex(same(offer.label)) === at;

  // ---- What has a key. Each is offered where it would do something.
  const ticked = () => find(".item-tick:checked");
  const near = (selector) => {
    const card = document.activeElement.closest("[data-card]");
    return card ? find(selector, card) : find(`.talk-head ${selector}`);
  };
  const menu = () => find(".talk-head details.menu-box[hx-get]");
  const possible = {
    reply: () => ticked() || find("#tab-reply"),
    note: () => find("#tab-note"),
    take: () => ticked() || near("[data-key=take]"),
    take_over: () => near("details[data-key=take_over]"),
    pass_on: () => ticked() || menu(),
    pass_up: () => near("details[data-key=pass_up]"),
    snooze: () => ticked() || (menu() && find("[data-key=solve]")),
    solve: () => ticked() || find("[data-key=solve]"),
    tag: () => ticked() || (find("#side") && find("#tab-note")),
    tick_all: () => find("#bulk") && find(".item-tick"),
    list: () => all(".talk-head a[data-list]").some((link) => link.offsetParent), // only where there is one pane
    fold_list: () => all("button[data-fold=list]").some((button) => button.offsetParent),
    fold_side: () => find("button[data-fold=side]"),
    sheet: () => true,
  };
  const act = (name) => body.dispatchEvent(new CustomEvent("otvet:act", { detail: name }));
  const keyed = () => all("#keys [data-action]")
    .filter(({ dataset }) => possible[dataset.action] && possible[dataset.action]())
    .map(({ dataset }) => ({ label: dataset.label, run: () => act(dataset.action) }));

  // ---- Whatever else stands on the page to be pressed, by its name. What stands there once is pressed; of what stands
  // there more often the newest message's, or the first, is gone to: nobody acts on what he does not see. Menus bring
  // what is in them when the palette opens.
  const IN = ["#talk-head", "#thread .undo", ".composer", ".rail-foot", "#side", ".list-head", ".page"];
  const PRESSED =
    ["button:not(:disabled)", ".menu summary", "label:has(#attach)", "a.btn, a.ibtn", "#narrow-box > summary"];
  const CONTROLS = PRESSED.flatMap((kind) => kind.split(", ").flatMap((one) => IN.map((at) => `${at} ${one}`))).join();
  const IN_MESSAGE = ":is(button:not(:disabled), summary, a.link[download])";
  const isOffered = (control) =>
    !control.closest("[hidden], [role=tab], [data-fold], [data-do=remove], .comes, .coming, dialog");
  const controls = () => {
    const said = all("#thread .msg, #thread .note").reverse().flatMap((message) => all(IN_MESSAGE, message));
    const named = (control) => ({ control, label: labelOf(control) });
    const there = [...all(CONTROLS), ...said].filter(isOffered).map(named);
    return there.filter(isFirst).map(({ control, label }) => {
      const alone = there.filter(same(label)).length === 1;
      return { label, run: () => alone ? operate(control) : goTo(control) };
    });
  };
  const goTo = (control) => {
    open(control);
    control.scrollIntoView({ block: "center" });
    control.focus();
  };
  const open = (control) => {
    for (let box = control.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  };
  // What it wants first is asked for where it stands.
  const operate = (control) => {
    const wants = control.form && !control.formNoValidate &&
      find("input:invalid, select:invalid, textarea:invalid", control.form);
    if (!wants && !control.matches("summary")) {
      control.click();
      return;
    }
    open(control);
    (wants || find("summary ~ * input, summary ~ * select", control.parentElement) || control).focus();
  };
  const bringMenus = () => all("#talk-head .menu-box[hx-get], .composer .menu-box[hx-get]")
    .filter((box) => find(".sk", box))
    .forEach((box) => box.dispatchEvent(new CustomEvent("otvet:open")));

  const places = () => all(".rail .nav-a[href], .rail .menu-a[href], .dock a, .list-bar a")
    .map((link) => ({ label: labelOf(find(".nav-label", link) || link), run: () => link.click() }))
    .filter(isFirst);
  const offers = () => {
    const words = find("#palette").dataset, doable = keyed();
    const hinted = (hint) => (offer) => ({ ...offer, hint });
    return [
      ...doable.map(hinted(words.act)),
      ...places().map(hinted(words.go)),
      ...controls().filter(({ label }) => !doable.some(same(label))).map(hinted(words.act)),
    ];
  };

  const draw = () => {
    const dialog = find("#palette"), field = find("input", dialog), list = find("ul", dialog), words = dialog.dataset;
    const typed = field.value.trim().toLowerCase();
    const fits = (offer) => typed.split(/\s+/).every((word) => offer.label.toLowerCase().includes(word));
    const number = /^#?(\d{5,18})$/.exec(typed);
    const visit = (url) => () => location.assign(url);
    shown = [];
    if (number) {
      const run = visit(words.conversation.replace("0", number[1]));
      shown.push({ label: `#${number[1]}`, hint: words.open, run });
    }
    shown.push(...offers().filter(fits));
    if (typed && typed !== "#") {
      const query = encodeURIComponent(field.value.trim());
      shown.push({ label: field.value.trim(), hint: words.find, run: visit(`${words.search}?q=${query}`) });
    }
    chosen = Math.min(chosen, Math.max(0, shown.length - 1));
    list.replaceChildren(...shown.map(rowOf));
    field.setAttribute("aria-activedescendant", shown.length ? `palette-${chosen}` : "");
    const current = find("[aria-selected=true]", list);
    if (current) current.scrollIntoView({ block: "nearest" });
  };
  const rowOf = (offer, at) => {
    const row = document.createElement("li"), hint = document.createElement("span");
    row.id = `palette-${at}`;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", String(at === chosen));
    row.textContent = offer.label;
    hint.className = "quiet small";
    hint.textContent = offer.hint;
    row.append(hint);
    row.addEventListener("click", () => choose(at));
    return row;
  };
  const choose = (at) => {
    const offer = shown[at];
    find("#palette").close();
    if (offer) offer.run();
  };
  body.addEventListener("otvet:palette", (event) => {
    const dialog = find("#palette");
    if (!dialog || dialog.open) return;
    const field = find("input", dialog);
    field.value = event.detail;
    chosen = 0;
    dialog.showModal();
    field.focus();
    draw();
    bringMenus();
  });
  document.addEventListener("htmx:after:swap", () => find("#palette[open]") && draw());
  document.addEventListener("input", (event) => {
    if (!event.target.closest("#palette")) return;
    chosen = 0;
    draw();
  });
  document.addEventListener("keydown", (event) => {
    if (!event.target.closest || !event.target.closest("#palette")) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) chosen = (chosen + by + shown.length) % Math.max(1, shown.length);
    if (by) draw();
    if (event.key === "Enter") choose(chosen);
    if (by || event.key === "Enter") event.preventDefault();
  });
})();
