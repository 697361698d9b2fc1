// What guidelines found is underlined where it stands, all places of it, also while he types on.
(() => {
  "use strict";
  const find = (selector) => document.querySelector(selector);
  const flag = ({ value, dataset }) => {
    const mark = document.createElement("span");
    mark.className = "flag";
    mark.dataset.kind = dataset.kind;
    mark.textContent = value;
    return mark;
  };
  const draw = () => {
    const under = find("#under"), area = find("#text");
    if (!under || !area) return;
    const text = area.value, parts = [];
    let end = 0;
    for (const found of document.querySelectorAll("#courtesy data")) {
      const at = text.indexOf(found.value, end);
      if (at < 0) continue;
      parts.push(text.slice(end, at), flag(found));
      end = at + found.value.length;
    }
    under.replaceChildren(...parts, parts.length ? text.slice(end) + "\n" : "");
    under.scrollTop = area.scrollTop;
  };
  for (const sign of ["input", "htmx:after:swap", "otvet:restored"]) document.addEventListener(sign, draw);
  document.addEventListener("scroll", (event) => event.target.id === "text" && draw(), true);
  draw();
})();
