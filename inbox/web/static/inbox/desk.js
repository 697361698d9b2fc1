// What pages need beyond htmx: the token of forms, menus and the composer. Keys are in keys.js, what is live in
// live.js.
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
    if (box.open && box.matches("[hx-get]") && find(".sk", box)) box.dispatchEvent(new CustomEvent("otvet:open"));
  }, true);

  // ---- Drafts live in this browser until the server has them: a closed tab loses nothing. What the server has comes
  // with the page; kept here, too, it would stand here as a draft after it was sent from elsewhere.
  const place = (area) => "draft:" + area.closest("[data-draft]").dataset.draft + ":" + area.dataset.keep;
  // A field that the page was changed around keeps what was typed, unless the page brought it something of its own.
  const restore = () => all("[data-keep]").forEach((area) => {
    const brought = area.closest("[data-draft]").id + area.defaultValue;
    if (area.brought !== undefined && area.brought !== brought) area.value = area.defaultValue;
    area.brought = brought;
    const here = localStorage.getItem(place(area)) || "";
    if (!area.value) area.value = here;
    else if (here === area.defaultValue) localStorage.removeItem(place(area)); // the server has brought the same
    grow(area);
  });
  const PHONE = matchMedia("(max-width: 760px)");
  PHONE.addEventListener("change", () => all("[data-keep]").forEach(grow));
  const grow = (area) => {
    area.rows = Math.min(14, Math.max(PHONE.matches ? 2 : 4, area.value.split("\n").length + 1));
  };
  document.addEventListener("input", (event) => {
    const area = event.target;
    if (!area.dataset || !area.dataset.keep) return;
    localStorage.setItem(place(area), area.value);
    grow(area);
    clearTimeout(area.saving);
    area.saving = setTimeout(() => save(area), 700);
  });
  // The page that comes may have been made before the server had it: what it brings then is all that is left of it.
  let leaves = false;
  window.addEventListener("beforeunload", () => { leaves = true; });
  window.addEventListener("pageshow", () => { leaves = false; });
  // And on the server: whoever takes the conversation over finds what was being written.
  const save = (area) => {
    const composer = area.closest("[data-save]");
    if (!composer || !area.isConnected) return;
    const written = new FormData(area.form);
    written.set("mode", area.dataset.keep);
    written.set("text", area.value);
    written.set("seen_from", composer.dataset.seen);
    const kept = place(area), text = area.value;
    fetch(composer.dataset.save, { method: "POST", body: written, headers: { "X-CSRFToken": body.dataset.csrf } })
      .then((answer) => {
        if (answer.status !== 204) return; // it stays in this browser
        if (!leaves && localStorage.getItem(kept) === text) localStorage.removeItem(kept);
        inList(Boolean(area.value.trim()));
      }).catch(() => {});
  };
  // The list shows that there is a draft: it is asked for anew when one begins or is gone, and not at each word.
  const inList = (drafted) => {
    const row = find(`[data-row="${find("#conversation").dataset.conversation}"]`);
    if (row && Boolean(find(".draft", row)) !== drafted)
      body.dispatchEvent(new CustomEvent("otvet:change", { bubbles: true }));
  };
  body.addEventListener("otvet:beside-text", () => find("#text") && save(find("#text")));
  // A double click sends once: the second one finds the form busy.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.busy) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.busy = "1";
    // What is taken back comes before what was begun since, which goes along: kept a moment later it would stand alone.
    if (form.matches(".undo") && find("#text")) clearTimeout(find("#text").saving);
    // What was refused before gives way to what comes now; a page that changes around it leaves it to be read.
    all("[data-stays]", form.parentElement).forEach((said) => said.removeAttribute("data-stays"));
    if (form.id !== "bulk") shut(); // what is typed there stays until it was begun
    const area = find("[data-keep]", form);
    if (area) {
      clearTimeout(area.saving);
      area.unsaved = localStorage.getItem(place(area)) !== null;
      localStorage.removeItem(place(area));
      // That it was not sent is true no more, and the thread may show it before the answer to this comes.
      all(".stop", form.closest(".composer")).forEach((said) => said.remove());
    }
  }, true);
  const idle = () => all("form[data-busy]").forEach((form) => {
    delete form.dataset.busy;
    const area = find("[data-keep]", form);
    if (area && area.unsaved && area.value) localStorage.setItem(place(area), area.value);
  });
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
  });

  const settled = () => {
    restore();
    undoRunsOut();
  };
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
    settled();
    const composer = find(".composer[data-mode]");
    if (composer && turned[composer.id]) turnTo(turned[composer.id]);
  });
  here();
  settled();
})();
