// Drafts: what is typed is kept in this browser at once, and on the server soon after: a closed tab loses nothing, and
// whoever takes the conversation over finds it. What the server has comes with the page; kept here, too, it would stand
// here as a draft after it was sent from elsewhere.
(() => {
  "use strict";
  const body = document.body;
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const SOON = 700, PATIENCE = 15000; // ms
  const PHONE = matchMedia("(max-width: 760px)");

  const grow = (area) => {
    area.rows = Math.min(14, Math.max(PHONE.matches ? 2 : 4, area.value.split("\n").length + 1));
  };
  PHONE.addEventListener("change", () => all("[data-keep]").forEach(grow));

  // ---- In this browser: the text, and what it was written after, that is, every version that the server may have.
  const place = (area) => "typed:" + area.closest("[data-draft]").dataset.draft + ":" + area.dataset.keep;
  const keep = (area) =>
    localStorage.setItem(place(area), JSON.stringify({ text: area.value, after: area.after }));
  const keptAt = (place) => JSON.parse(localStorage.getItem(place) || "null");
  // What was written here after what the page brings takes its place. What was written elsewhere meanwhile stands
  // before it: neither is lost.
  const newest = (brought, text) => {
    if (text.includes(brought.trim())) return text;
    return brought.includes(text.trim()) ? brought : brought + "\n\n" + text;
  };
  // A field that the page was changed around keeps what was typed, unless the page brought it something of its own.
  const restore = () => all("[data-keep]").forEach((area) => {
    const { version } = area.dataset, brought = area.closest("[data-draft]").id + version + area.defaultValue;
    if (area.brought !== brought) {
      const here = keptAt(place(area));
      area.brought = brought;
      if (area.place !== place(area))
        Object.assign(area, { place: place(area), after: here ? here.after : [], unsent: false });
      area.value = !here ? area.defaultValue
        : here.after.includes(version) ? here.text : newest(area.defaultValue, here.text);
      area.after.push(version);
      if (!here) area.saved = area.value;
      if (here && area.value === area.defaultValue) localStorage.removeItem(place(area));
      else if (here) saveSoon(area);
      // It is counted and checked as if it were being typed; htmx begins to listen a moment from now.
      if (area.value) setTimeout(() => area.dispatchEvent(new CustomEvent("otvet:restored", { bubbles: true })));
    }
    grow(area);
  });

  // ---- On the server.
  // The page that comes may have been made before the server had it: what it brings then is all that is left of it.
  let leaves = false;
  window.addEventListener("beforeunload", () => { leaves = true; });
  window.addEventListener("pageshow", () => { leaves = false; });
  let said = Promise.resolve(); // one after the other: the last word must be the last that is heard
  const saveSoon = (area) => {
    clearTimeout(area.saving);
    area.saving = setTimeout(() => save(area), SOON);
  };
  const unsaved = (area) => {
    clearTimeout(area.saving);
    area.saving = 0;
  };
  const save = (area) => {
    const composer = area.closest("[data-save]");
    unsaved(area);
    if (!composer || !area.isConnected) return;
    const written = new FormData(area.form), kept = place(area), text = area.value, version = String(Math.random());
    written.set("mode", area.dataset.keep);
    written.set("text", text);
    written.set("seen_from", composer.dataset.seen);
    written.set("version", version);
    area.after.push(version);
    const here = keptAt(kept);
    if (here && here.text === text) keep(area);
    const heard = async (answer) => {
      if (answer.status === 200) return bothStand(area, kept, await answer.json());
      if (answer.status !== 204) return; // it stays in this browser
      area.after = area.after.slice(area.after.lastIndexOf(version));
      area.saved = text;
      const here = keptAt(kept);
      if (!leaves && here && here.text === text) localStorage.removeItem(kept);
      tellOf(composer);
      inList(Boolean(text.trim()));
    };
    const say = () => fetch(composer.dataset.save, {
      method: "POST", body: written, headers: { "X-CSRFToken": body.dataset.csrf },
      // It goes on when the page is left; what is too long for that stays in this browser.
      ...(leaves ? { keepalive: true } : { signal: AbortSignal.timeout(PATIENCE) }),
    }).then(heard).catch(() => {}).finally(() => { area.waits -= 1; });
    area.waits = (area.waits || 0) + 1;
    said = leaves ? say() : said.then(say);
  };
  // What was written elsewhere meanwhile stands before what is written here, and what stands beside it comes along.
  const comes = (area) =>
    find(".elsewhere", area.closest(".composer")).dispatchEvent(new CustomEvent("otvet:elsewhere"));
  const bothStand = (area, kept, answer) => {
    if (!area.isConnected || place(area) !== kept) return; // both are there when one comes back
    const { value } = area, told = find(".elsewhere", area.closest(".composer"));
    const unknown = answer.unknown.replaceAll("\r", "");
    if (unknown.includes(value.trim())) area.value = unknown;
    else if (!value.includes(unknown.trim())) area.setRangeText(unknown + "\n\n", 0, 0, "preserve");
    area.after = [answer.version];
    keep(area);
    told.hidden = area.value === value;
    told.dataset.stays = "";
    if (!told.hidden) find("#announce").textContent = told.textContent;
    comes(area);
  };
  // What another window of this browser has kept comes where nothing else is written.
  window.addEventListener("storage", ({ key, newValue }) => all("[data-keep]").forEach((area) => {
    if (key === place(area) && newValue === null && area.value === area.saved) comes(area);
  }));
  const versions = ({ target, formData }) => {
    const area = find("[data-keep]", target.matches(".undo") ? document : target);
    if (area) formData.set("grown_from", area.after.join(" "));
  };
  document.addEventListener("formdata", versions);
  const tellOf = (composer) => {
    const words = find(".saved", composer), as = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const time = new Date().toLocaleTimeString(document.documentElement.lang, as);
    words.textContent = words.dataset.says.replace("%(time)s", time);
  };
  // Who goes on at once loses no pause for it, and who leaves nothing that waits to be said.
  window.addEventListener("pagehide", () => {
    leaves = true;
    all("[data-keep]").filter((area) => area.saving || area.waits).forEach(save);
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const { tasks } = event.detail;
    const goes = (area) => tasks.some(({ target }) => target instanceof Node && target.contains(area));
    all("[data-keep]").filter((area) => area.saving && goes(area)).forEach(save);
  });
  document.addEventListener("input", (event) => {
    const area = event.target;
    if (!area.dataset || !area.dataset.keep) return;
    leaves = false; // a file that is handed down looks like leaving
    keep(area);
    grow(area);
    saveSoon(area);
  });
  body.addEventListener("otvet:beside-text", () => find("#text") && save(find("#text")));
  // The list shows that there is a draft: it is asked for anew when one begins or is gone, and not at each word.
  const inList = (drafted) => {
    const row = find(`[data-row="${find("#conversation").dataset.conversation}"]`);
    if (row && Boolean(find(".draft", row)) !== drafted)
      body.dispatchEvent(new CustomEvent("otvet:change", { bubbles: true }));
  };

  // ---- What is sent is no draft any more; what could not be sent is one again.
  document.addEventListener("submit", (event) => {
    const form = event.target, area = find("[data-keep]", form);
    // What is taken back comes before what was begun since, which goes along: kept a moment later it would stand alone.
    if (form.matches(".undo") && find("#text")) unsaved(find("#text"));
    if (!area) return;
    unsaved(area);
    area.unsent = localStorage.getItem(place(area)) !== null;
    localStorage.removeItem(place(area));
    // That it was not sent is true no more, and the thread may show it before the answer to this comes.
    all(".stop", form.closest(".composer")).forEach((said) => said.remove());
    find(".elsewhere", form.closest(".composer")).hidden = true;
  }, true);
  const again = () => all("[data-keep]").filter((area) => area.unsent).forEach((area) => {
    area.unsent = false;
    if (area.value) keep(area);
  });
  for (const sign of ["otvet:unsent", "otvet:kept"]) body.addEventListener(sign, again);
  window.addEventListener("pageshow", again);

  document.addEventListener("htmx:after:swap", restore);
  restore();
})();
