// What pages need beyond htmx: the token of forms, menus and the composer. What is typed is kept in drafts.js, keys are
// in keys.js, what is live in live.js.
(() => {
  "use strict";
  const body = document.body;
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // htmx sends what forms would: Django wants its token in a header.
  document.addEventListener("htmx:config:request", (event) => {
    const request = event.detail.ctx.request;
    if (request.method !== "GET") request.headers["X-CSRFToken"] = body.dataset.csrf;
  });

  // An answer for a part of the page that is gone meanwhile has no place any more: it is no trouble that anybody is
  // told.
  document.addEventListener("htmx:before:swap", (event) => {
    const { tasks } = event.detail;
    const placed = tasks.filter(({ target }) => !(target instanceof Node) || target.isConnected);
    tasks.splice(0, tasks.length, ...placed);
  });

  // Where somebody went last is where he comes to: what he has left before it came, comes to nothing, and an act that
  // is done meanwhile leads nowhere. Nor is shown what a part has asked for that shows something else by now. So what
  // comes is told as seen only when it stands on his screen (ahead.js).
  const addressOf = (part) => part.getAttribute("hx-get") || part.getAttribute("hx-post");
  const isPlace = (target) => [body, find("#conversation")].includes(target);
  let way = {};
  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    ctx.asked = addressOf(ctx.sourceElement);
    if (!isPlace(ctx.target)) return;
    ctx.request.headers["X-Ahead"] = "true";
    ctx.from = way;
    if (ctx.request.method !== "GET") return;
    way.left = true;
    way = ctx;
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { asked, from, left, request, response, sourceElement, target } = event.detail.ctx;
    const isDone = request.method !== "GET" && isPlace(target) && from !== way && response.status < 400;
    if (isDone) body.dispatchEvent(new CustomEvent("otvet:change", { bubbles: true }));
    if (isDone || left || (target === sourceElement && asked !== addressOf(target))) event.preventDefault();
  });

  // An act leads back to where one is: no place of its own, which the back button would have to leave twice.
  document.addEventListener("htmx:before:history:update", ({ detail }) => {
    if (detail.history.path === location.pathname + location.search) detail.history.type = "replace";
  });

  // ---- What is left of a time, told again each half minute, as the server would write it.
  const language = document.documentElement.lang || "en";
  const inUnits = (minutes) => {
    const [amount, unit] =
      minutes < 60 ? [minutes, "minute"] : minutes < 2880 ? [minutes / 60, "hour"] : [minutes / 1440, "day"];
    return new Intl.NumberFormat(language, {
      style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 0, roundingMode: "floor",
    }).format(Math.max(0, amount));
  };
  setInterval(() => all("[data-left]").forEach((time) => {
    time.textContent = inUnits(Math.floor((new Date(time.dateTime) - Date.now()) / 60000));
  }), 30000);

  // ---- Somebody is here: told when keys or the pointer were moved, at most once in HERE. What the page does by itself
  // tells nothing.
  const HERE = 180000;
  let seen = 0;
  const isHere = (event) => {
    // Chromium tells of a pointer that stands still where a page was opened under it.
    if (event.type === "pointermove" && !event.movementX && !event.movementY) return;
    if (Date.now() - seen < HERE || !body.dataset.seen) return;
    seen = Date.now();
    fetch(body.dataset.seen, { method: "POST", headers: { "X-CSRFToken": body.dataset.csrf } })
      .catch(() => { seen = 0; });
  };
  for (const sign of ["keydown", "pointerdown", "pointermove"])
    document.addEventListener(sign, isHere, { passive: true });

  // ---- Menus. An open one is left alone when the page changes around it (morphSkip in base.html): what is typed there
  // stays. A menu asks for its inside when it is opened.
  const shut = (but) =>
    all("details.menu-box[open]").forEach((box) => box.contains(but) || box.removeAttribute("open"));
  document.addEventListener("toggle", (event) => {
    const box = event.target;
    if (box.open && box.matches("[hx-get], [hx-post]") && find(".sk", box))
      box.dispatchEvent(new CustomEvent("otvet:open"));
  }, true);

  // A double click sends once: the second one finds the form busy.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.busy) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.busy = "1";
    // What was refused before gives way to what comes now; a page that changes around it leaves it to be read.
    all("[data-stays]", form.parentElement).forEach((said) => said.removeAttribute("data-stays"));
    if (form.id !== "bulk") shut(); // what is typed there stays until it was begun
  }, true);
  const idle = () => all("form[data-busy]").forEach((form) => delete form.dataset.busy);
  // What could not be sent says so, and stays where it was written: in the composer, else above its form.
  const unsent = () => {
    const composers = all(".composer"), forms = all("form[data-busy]");
    idle();
    all(".unsent").forEach((bar) => bar.remove());
    const places = composers.length ? composers : forms.length ? forms : all(".page");
    places.forEach((place) => {
      const bar = document.createElement("p");
      bar.className = "bar unsent";
      bar.dataset.tone = "over";
      bar.setAttribute("role", "alert");
      bar.textContent = document.body.dataset.unsent;
      if (place.matches("form")) place.before(bar);
      else place.prepend(bar);
    });
  };
  body.addEventListener("otvet:unsent", unsent);
  body.addEventListener("otvet:kept", idle);
  window.addEventListener("online", () => all(".unsent").forEach((bar) => bar.remove()));
  window.addEventListener("pageshow", idle);
  // ---- Undo runs out: its button, or the sentence that tells of it, goes when its time is over. A page that changed
  // meanwhile may have made something else of the same element, which stays.
  const undoRunsOut = () => all("form.undo[data-until], .bar[data-until]").forEach((each) => {
    const { until } = each.dataset;
    setTimeout(() => each.dataset.until === until && each.remove(), Math.max(0, new Date(until) - Date.now()));
  });

  // Reply or note. A page that changes around the composer leaves it as it was turned.
  const turnTo = (mode) => {
    find(".composer[data-mode]").dataset.mode = mode;
    for (const name of ["reply", "note"]) {
      find("#tab-" + name).setAttribute("aria-selected", String(name === mode));
      find("#panel-" + name).hidden = name !== mode;
    }
  };
  let turned = {};
  document.addEventListener("htmx:before:swap", (event) => {
    const composer = find(".composer[data-mode]"), asked = event.detail.ctx.sourceElement;
    turned = composer && !composer.contains(asked) ? { [composer.id]: composer.dataset.mode } : {};
  });

  const doing = {
    mode: (value) => {
      turnTo(value);
      find("#panel-" + value + " textarea").focus();
    },
    remove: (_, button) => {
      const form = button.form;
      button.closest("li").remove();
      const area = form && find("[data-keep]", form);
      if (area) area.focus();
      body.dispatchEvent(new CustomEvent("otvet:beside-text"));
    },
    copy: (id, button) => {
      navigator.clipboard.writeText(find("#" + id).innerText).then(() => { button.dataset.tone = "good"; });
    },
    words: (id) => {
      const area = find("#text"), words = find("#" + id).textContent;
      doing.mode("reply");
      area.value = area.value.trim() ? words + "\n\n" + area.value : words;
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
    // What is offered by a sign, for who does not know the sign: it is put in where he writes.
    sign: (sign, button) => {
      const area = find("textarea", button.form), at = area.selectionEnd;
      const apart = /^$|\s/.test(area.value.slice(at - 1, at)) ? "" : " ";
      area.setRangeText(apart + sign, at, at, "end");
      area.focus();
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
    // Light or dark, comfortable or compact: at once here, and kept with the person.
    look: (what, button) => {
      const { dataset } = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)").matches;
      const turned = {
        theme: () => (dataset.theme || (dark ? "dark" : "light")) === "dark" ? "light" : "dark",
        density: () => dataset.density ? "" : "compact",
      }[what]();
      if (turned) dataset[what] = turned;
      else delete dataset[what];
      const headers = { "X-CSRFToken": body.dataset.csrf };
      fetch(`${button.dataset.at}?${what}=${turned}`, { method: "PUT", keepalive: true, headers }).catch(() => {});
    },
    // The better wording takes the place of what a guideline found.
    better: (_, button) => {
      const { found, better } = button.dataset;
      const area =
        [find("#text"), find("#subject")].find((field) => field && field.value.includes(found)) || find("#text");
      area.value = area.value.replace(found, () => better);
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.focus();
    },
    fill: (_, button) => {
      const form = find("#" + button.dataset.form);
      for (const [name, value] of Object.entries(JSON.parse(button.dataset.values))) {
        const field = form.elements["at_" + name];
        if (field.type === "checkbox") field.checked = value;
        else field.value = value;
      }
    },
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) {
      const [what, value] = button.dataset.do.split(":");
      doing[what](value, button);
    }
    shut(event.target);
  });

  // An address of a well-known provider fills in its servers, as its button would.
  document.addEventListener("change", (event) => {
    const domain = (event.target.value || "").split("@")[1];
    const preset = domain && find(`[data-domains~="${CSS.escape(domain.toLowerCase())}"]`);
    if (preset && preset.dataset.form === (event.target.form || {}).id) doing.fill("", preset);
  });

  document.addEventListener("keydown", (event) => {
    const form = event.target.form;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form && form.id !== "bulk") {
      event.preventDefault();
      const solving = event.shiftKey && find("[name=then][value=solved]:not(:disabled)", form);
      form.requestSubmit(solving || undefined);
    }
    if (event.key !== "Escape") return;
    const left = document.activeElement.closest("details.menu-box[open]");
    shut();
    if (left) find("summary", left).focus(); // not in a field that nobody sees any more
    // Out of the composer, for the single keys.
    else if (event.target.matches(".composer textarea") && !event.isComposing) find("#talk").focus();
  });

  // Where we are, after only a part of the page was changed: the pane on a phone, the chosen row, the title.
  const here = () => {
    const chosen = find("#conversation");
    if (!chosen) return;
    find(".app").dataset.pane = chosen.dataset.pane;
    if (chosen.dataset.title) document.title = chosen.dataset.title;
    all("[data-row]").forEach((row) => {
      if (row.dataset.row === chosen.dataset.conversation) row.closest(".item").setAttribute("aria-current", "true");
      else row.closest(".item").removeAttribute("aria-current");
    });
  };
  document.addEventListener("htmx:after:swap", () => {
    here();
    undoRunsOut();
    const composer = find(".composer[data-mode]");
    if (composer && turned[composer.id]) turnTo(turned[composer.id]);
  });
  here();
  undoRunsOut();
})();
