// The three panes: as wide as one likes them, there or not, kept with the person. Where there is no room for the side
// panel it comes over the conversation, and is an address of its own: back leads back.
(() => {
  "use strict";
  const body = document.body;
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const desk = () => find("#main[data-panes]");
  const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

  // ---- What is kept: said a moment after the last change.
  const PAUSE = 500;
  let saying, said = Promise.resolve(); // one after the other: the last word must be the last that is heard
  const keep = () => {
    clearTimeout(saying);
    saying = setTimeout(() => {
      const { list, side, shut, panes } = desk().dataset;
      const query = new URLSearchParams({ list, side });
      shut.split(" ").filter(Boolean).forEach((name) => query.append("shut", name));
      const say = () => fetch(panes + "?" + query, {
        method: "PUT", keepalive: true, headers: { "X-CSRFToken": body.dataset.csrf },
      });
      said = said.then(say).catch(() => {});
    }, PAUSE);
  };

  // ---- Widths, by pointer and by arrows.
  const widen = (divider, width) => {
    const { ariaValueMin, ariaValueMax } = divider, name = divider.dataset.divides;
    const whole = Math.max(Number(ariaValueMin), Math.min(Number(ariaValueMax), Math.round(width)));
    desk().dataset[name] = whole;
    divider.ariaValueNow = whole;
    divider.ariaValueText = whole + " rem";
    keep();
  };
  const widthOf = (divider) => find("#" + divider.dataset.divides).getBoundingClientRect().width / rem();
  // A wider list grows to the right, a wider side panel to the left.
  const grows = (divider) => (divider.dataset.divides === "list" ? 1 : -1);
  document.addEventListener("keydown", (event) => {
    const divider = event.target;
    if (!divider.matches || !divider.matches(".divider")) return;
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const end = { Home: divider.ariaValueMin, End: divider.ariaValueMax }[event.key];
    if (by) widen(divider, widthOf(divider) + by * grows(divider));
    else if (end) widen(divider, Number(end));
    else if (event.key === "Enter") fold(divider.dataset.divides);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  document.addEventListener("pointerdown", (event) => {
    const divider = event.target.closest(".divider");
    if (!divider || event.button) return;
    event.preventDefault();
    divider.focus();
    divider.setPointerCapture(event.pointerId);
    const from = event.clientX, width = widthOf(divider);
    const move = (moved) => widen(divider, width + grows(divider) * (moved.clientX - from) / rem());
    divider.addEventListener("pointermove", move);
    const ends = () => divider.removeEventListener("pointermove", move);
    divider.addEventListener("lostpointercapture", ends, { once: true });
  });

  // ---- There or not.
  const NARROW = matchMedia("(max-width: 1240px)"), PHONE = matchMedia("(max-width: 760px)");
  const isShut = (name) => desk().dataset.shut.split(" ").includes(name);
  const fold = (name) => {
    if (!desk()) return false;
    if (name === "side" && NARROW.matches) {
      if (location.hash === "#side") history.back();
      else if (find("#side")) location.hash = "side";
      return Boolean(find("#side"));
    }
    if (!find("#conversation[data-conversation]") || PHONE.matches) return false;
    const shut = desk().dataset.shut.split(" ").filter((each) => each && each !== name);
    desk().dataset.shut = (isShut(name) ? shut : [...shut, name]).join(" ");
    tell();
    keep();
    return true;
  };
  const tell = () => {
    if (!desk()) return;
    const over = NARROW.matches && location.hash === "#side";
    all("#conversation").forEach((pane) => pane.toggleAttribute("data-side", over));
    all("button[data-fold]").forEach((button) => {
      const name = button.dataset.fold;
      button.setAttribute("aria-expanded", String(name === "side" && NARROW.matches ? over : !isShut(name)));
    });
    if (over && find("#side .side-shut") && !find("#side").contains(document.activeElement))
      find("#side .side-shut").focus();
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-fold]");
    if (button) fold(button.dataset.fold);
  });
  body.addEventListener("otvet:fold", (event) => { event.detail.done = fold(event.detail.pane); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && location.hash === "#side" && NARROW.matches) history.back();
  });
  window.addEventListener("hashchange", tell);
  NARROW.addEventListener("change", tell);
  document.addEventListener("htmx:after:swap", tell);
  tell();
})();
