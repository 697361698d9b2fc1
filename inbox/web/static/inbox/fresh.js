// Nothing moves under the cursor: while somebody is in the list, its rows stay where they are and change in their
// places; what is new waits behind a button.
(() => {
  "use strict";
  const body = document.body;
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const isIn = (pane) =>
    pane.matches(":hover") || find(".item-tick:checked", pane) || find(":focus-visible", pane) ||
    find("#list-scroll").scrollTop > 0;

  const show = () => body.dispatchEvent(new CustomEvent("otvet:list", { bubbles: true }));
  const look = () => {
    const pane = find("#list[data-live]");
    if (!pane || !isIn(pane)) show();
    else if (find(".item[id]", pane)) gather(pane);
    else if (!find("input:focus", pane)) show(); // who is still typing asks by that
  };
  // What was searched for costs more than a list: it is asked for again at most once in SEARCHES.
  const SEARCHES = 5000;
  let searches = 0, searched = 0;
  const search = () => {
    searches = searches || setTimeout(() => {
      searches = 0;
      searched = Date.now();
      look();
    }, Math.max(0, searched + SEARCHES - Date.now()));
  };
  body.addEventListener("otvet:change", () => find("#list[data-live=found]") ? search() : look());

  // What somebody does brings the list along: as many rows as were loaded, so that the place in it stays.
  document.addEventListener("htmx:config:request", (event) => {
    const { request, sourceElement } = event.detail.ctx, rows = all("#list .item[id]").length;
    if (request.method !== "GET" || sourceElement.id === "list") request.headers["X-Rows"] = rows;
  });

  // ---- Rows keep their places: those that are in the list still as they are now, the others marked.
  let gathering = false, once = false;
  const gather = async (pane) => {
    once = gathering;
    if (gathering) return;
    gathering = true;
    const address = pane.getAttribute("hx-get");
    let text = "";
    try {
      const answer = await fetch(address, { headers: { "HX-Request": "true", "HX-Target": "section#list" } });
      if (answer.ok) text = await answer.text();
    } catch {
      // The network is away; when it is there again the whole list is asked for.
    }
    gathering = false;
    if (text && pane.isConnected && find(".list", pane) && pane.getAttribute("hx-get") === address) merge(pane, text);
    if (once && pane.isConnected) gather(pane);
  };
  const merge = (pane, text) => {
    const came = new DOMParser().parseFromString(text, "text/html");
    const rows = all(".item[id]", came), shown = find(".list", pane).cloneNode(true);
    // What is older stands on the next page; in another order nobody knows what does.
    const newest = pane.dataset.order === "newest" && rows.length ? Number(rows.at(-1).dataset.at) : Infinity;
    const end = find("#more", came) ? newest : -Infinity;
    const fresh = rows.filter((row) => !find("#" + row.id, shown)).length;
    for (const row of all(".item[id]", shown)) {
      const now = came.getElementById(row.id);
      if (now) {
        if (row.hasAttribute("aria-current")) now.setAttribute("aria-current", "true");
        row.replaceWith(now);
      } else if (Number(row.dataset.at) > end) row.dataset.gone = "";
    }
    window.htmx.swap({ target: find(".list", pane), text: shown.outerHTML, swap: "outerMorph", sourceElement: pane });
    offer(fresh);
  };

  // ---- The button (its key is in keys.js), and what is said of it to those who do not see it.
  const offer = (count) => {
    const button = find("#fresh");
    if (!count) {
      button.hidden = true;
      return;
    }
    const said = (words) => words.replace("%(n)s", count);
    if (find("span", button).textContent !== said(button.dataset.says))
      find("#announce").textContent = said(button.dataset.announces);
    find("span", button).textContent = said(button.dataset.says);
    button.hidden = false;
  };
  let toFirst = false;
  const open = () => {
    find("#list-scroll").scrollTop = 0;
    toFirst = true;
    show();
  };
  document.addEventListener("click", (event) => event.target.closest("#fresh") && open());
  document.addEventListener("htmx:after:swap", () => {
    if (!toFirst || !find("#fresh[hidden]")) return;
    toFirst = false;
    const first = find(".list .item-body");
    if (first) first.focus();
  });
})();
