// The thread: it opens where one has to read, stays where one reads, brings what stands before and after it, and tells
// what was read.
(() => {
  "use strict";
  const body = document.body;
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const talk = () => find("#talk");

  // ---- At its end it stays there, whatever grows.
  let atEnd = true, wasAt = 0;
  const toEnd = () => { talk().scrollTop = talk().scrollHeight; };
  const whereNow = () => {
    const place = talk();
    wasAt = place.scrollTop;
    atEnd = Boolean(find(".stretch[data-end]")) && place.scrollHeight - place.scrollTop - place.clientHeight < 40;
    find("#to-end").hidden = atEnd;
  };
  document.addEventListener("scroll", (event) => {
    if (event.target.id !== "talk") return;
    whereNow();
    tellRead();
  }, true);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#to-end") || !find(".stretch[data-end]")) return;
    event.preventDefault();
    event.stopPropagation();
    toEnd();
  }, true);

  // ---- Read is what stood on a screen that somebody looks at, down to its foot; and what he was told of it is seen
  // then.
  const AGAIN = 5000; // after what could not be told
  const isLookedAt = () => document.visibilityState === "visible";
  const onScreen = () => {
    const foot = talk().getBoundingClientRect().bottom + 40;
    const over = all(".stretch", talk()).filter((stretch) => stretch.getBoundingClientRect().bottom < foot);
    return over.length ? Number(over.at(-1).dataset.shown) : 0;
  };
  const tellRead = (isToldOf) => {
    const shown = find("#conversation");
    if (!isLookedAt() || !talk() || (onScreen() <= Number(shown.dataset.read) && !isToldOf)) return;
    shown.dataset.read = Math.max(onScreen(), Number(shown.dataset.read));
    const { reads, read, conversation } = shown.dataset;
    const again = () => setTimeout(() => { shown.dataset.read = 0; }, AGAIN);
    fetch(`${reads}?shown=${read}`, { method: "PUT", headers: { "X-CSRFToken": body.dataset.csrf } })
      .then((answer) => answer.ok ? inList(conversation) : again(), again);
  };
  const inList = (number) => {
    const row = find(`.item[data-unread] [data-row="${number}"]`);
    if (row) body.dispatchEvent(new CustomEvent("otvet:change", { bubbles: true }));
  };
  document.addEventListener("visibilitychange", () => tellRead());
  // He is told something: what is about the conversation that he looks at, he sees.
  const isHere = () => document.hasFocus() && tellRead(true);
  body.addEventListener("otvet:told", isHere);
  window.addEventListener("focus", isHere);

  // ---- Elsewhere the message that is read stays where it is, whatever comes above it.
  let kept = null;
  const top = (element) => element.getBoundingClientRect().top;
  const keep = () => {
    if (!talk()) return;
    if (talk().scrollTop < wasAt) whereNow(); // scrolled up in this very moment, and not yet told of it
    const edge = top(talk());
    const first = all(".stretch > [id]", talk()).find((each) => each.getBoundingClientRect().bottom > edge);
    kept = first ? { id: first.id, at: top(first) } : null;
  };
  const stay = () => {
    const same = kept && document.getElementById(kept.id);
    if (atEnd) toEnd();
    else if (same) talk().scrollTop += top(same) - kept.at;
  };

  // ---- It opens at the message that the address names, else at what is new, else at its end.
  const open = () => {
    const place = find("#thread").dataset.at ? document.getElementById(find("#thread").dataset.at) : find("#news");
    if (!place) toEnd();
    else talk().scrollTop += top(place) - top(talk()) - 24;
    all("[data-named]").forEach((message) => message.removeAttribute("data-named"));
    if (place && place.id !== "news") place.dataset.named = "";
  };

  // ---- What stands before and after comes as one scrolls there. What is not on the screen is asked for again when it
  // is.
  const NEAR = "800px 0px";
  const inSight = new Set();
  const comes = (entries) => entries.forEach(({ target, isIntersecting }) => {
    if (target.matches("[data-more]")) {
      if (isIntersecting) target.click();
      return;
    }
    if (isIntersecting) inSight.add(target.id);
    else inSight.delete(target.id);
    if (isIntersecting && target.hasAttribute("data-stale")) again(target);
  });
  const again = (stretch) => {
    stretch.removeAttribute("data-stale");
    stretch.dispatchEvent(new CustomEvent("otvet:again"));
  };
  const changed = () => all(".stretch").forEach((stretch) => {
    if (inSight.has(stretch.id) || stretch.hasAttribute("data-end")) again(stretch);
    else stretch.dataset.stale = "";
  });

  // A day is named once, where its first message stands.
  const nameDays = () => {
    let before = "";
    for (const day of all("#thread .day")) {
      day.hidden = day.dataset.day === before;
      before = day.dataset.day;
    }
  };

  let shown = "", heard = "", watcher, hadFocus = false;
  const grows = new ResizeObserver(() => talk() && atEnd && toEnd());
  const settle = () => {
    const thread = find("#thread");
    if (!thread) {
      shown = "";
      return;
    }
    nameDays();
    const number = find("#conversation").dataset.conversation, place = number + " " + (thread.dataset.at || "");
    if (place !== shown) open();
    else stay();
    shown = place;
    whereNow();
    tellRead();
    body.removeEventListener(heard, changed);
    heard = "otvet:talk-" + number;
    body.addEventListener(heard, changed);
    grows.disconnect();
    grows.observe(thread);
    grows.observe(talk()); // the composer takes of its height
    if (watcher) watcher.disconnect();
    inSight.clear();
    watcher = new IntersectionObserver(comes, { root: talk(), rootMargin: NEAR });
    all("[data-more], .stretch", thread).forEach((each) => watcher.observe(each));
  };
  document.addEventListener("htmx:before:swap", (event) => {
    hadFocus = document.activeElement === event.detail.ctx.sourceElement;
    keep();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const asked = event.detail.ctx.sourceElement;
    settle();
    if (!asked || !asked.matches("[data-more]")) return;
    // He has read on to there: what he answers now, he answers to that.
    const looked = find("[name=seen_up_to]"), read = all(".stretch").at(-1).dataset.shown;
    if (looked && Number(read) > Number(looked.value)) looked.value = read;
    if (hadFocus) talk().focus({ preventScroll: true }); // the link that he pressed is gone
  });
  settle();
})();
