// What goes along with an answer: files, chosen or dropped or pasted, and copies to others.
(() => {
  "use strict";
  const body = document.body;
  const find = (selector, root = document) => root.querySelector(selector);
  const changed = () => body.dispatchEvent(new CustomEvent("otvet:beside-text")); // the draft is kept with it

  // ---- On a phone it is one line until somebody writes in it, and again when he does something elsewhere: a moment
  // after that, because what he pressed must not move away under his finger. Some phones give a button no focus.
  const MOMENT = 250; // ms
  let pressed = false;
  const open = (event) =>
    event.target.matches(".comp-text") && event.target.closest(".composer").toggleAttribute("data-open", true);
  const shutSoon = () => setTimeout(() => {
    const composer = find(".composer[data-open]");
    if (composer && !pressed && !composer.contains(document.activeElement)) composer.removeAttribute("data-open");
  }, MOMENT);
  document.addEventListener("focusin", open);
  document.addEventListener("focusout", (event) => event.target.matches(".comp-text") && shutSoon());
  document.addEventListener("pointerdown", (event) => {
    pressed = Boolean(event.target.closest(".composer")) && !event.target.matches(".comp-text");
    if (!pressed) shutSoon();
  }, true);

  // ---- Files: each shows how far it is, can be stopped, and says why it did not come.
  const list = () => find("#uploads");
  const made = (id) => find("#" + id).content.firstElementChild.cloneNode(true);
  const said = (words, name) => words.replace("%(name)s", name);
  const refuse = (words, again) => {
    const row = made("not-uploaded");
    find("span", row).textContent = words;
    const retry = find("[data-again]", row);
    if (again) retry.addEventListener("click", () => { row.remove(); again(); });
    else retry.remove();
    list().append(row);
    return row;
  };
  // A page that changes around the composer knows nothing of what is under way: it is put back there where it was
  // chosen, and what became of it while another conversation was shown is seen then.
  const underWay = new Map(); // the composer's data-draft by row
  let rows = 0;
  const composes = () => list() && list().closest("[data-draft]").dataset.draft;
  const putBack = () => underWay.forEach((draft, row) => {
    if (row.isConnected || draft !== composes()) return;
    list().append(row);
    row.dispatchEvent(new CustomEvent("otvet:back"));
  });
  document.addEventListener("htmx:after:swap", putBack);
  // Together they may be as large as the channel carries: what would be refused at sending is not uploaded.
  const fits = (file) => {
    const most = Number(list().dataset.most), there = [...list().querySelectorAll("[data-bytes]")];
    return !most || there.reduce((sum, each) => sum + Number(each.dataset.bytes), file.size) <= most;
  };
  const refuseTooMuch = (file) => {
    const { tooMuch, megabytes, most } = list().dataset;
    const again = file.size <= Number(most) && (() => upload(file)); // once others are taken away
    refuse(said(tooMuch.replace("%(most)s", megabytes), file.name), again);
  };
  const upload = (file) => fits(file) ? begin(file) : refuseTooMuch(file);
  const begin = (file) => {
    const row = made("upload"), bar = find("progress", row), stop = find("[data-stop]", row),
      request = new XMLHttpRequest();
    row.id = `coming-${++rows}`; // so that a morph makes nothing else of it
    row.dataset.bytes = file.size;
    find(".trunc", row).textContent = file.name;
    bar.setAttribute("aria-label", file.name);
    stop.setAttribute("aria-label", said(stop.getAttribute("aria-label"), file.name));
    list().append(row);
    underWay.set(row, composes());
    const away = () => {
      underWay.delete(row);
      row.remove();
      if (!find(".coming")) list().querySelectorAll("[data-for-files]").forEach((each) => each.remove());
    };
    const whenShown = (shown) => row.isConnected ? shown() : row.addEventListener("otvet:back", shown);
    const failed = (why) => whenShown(() => {
      away();
      refuse(said(list().dataset[why], file.name), () => upload(file));
    });
    const arrived = () => {
      row.insertAdjacentHTML("afterend", request.responseText);
      away();
      changed();
    };
    request.upload.addEventListener("progress", (event) => { bar.value = 100 * event.loaded / event.total; });
    request.addEventListener("error", () => failed("cut"));
    request.addEventListener("load", () => request.status === 200 ? whenShown(arrived) : failed("failed"));
    stop.addEventListener("click", () => {
      request.abort();
      away();
      find("#text").focus();
    });
    const data = new FormData();
    data.append("files", file);
    request.open("POST", list().dataset.at);
    request.setRequestHeader("X-CSRFToken", body.dataset.csrf);
    request.send(data);
  };
  const take = (files) => {
    if (find(".composer[data-mode=note]")) {
      find("#announce").textContent = list().dataset.note;
      refuseInNote();
    } else [...files].forEach(upload);
  };
  const refuseInNote = () => {
    const place = find("#panel-note form");
    if (find(".not-uploaded", place)) return;
    const row = document.createElement("p");
    row.className = "not-uploaded c-over";
    row.textContent = list().dataset.note;
    place.append(row);
  };
  document.addEventListener("change", (event) => {
    if (event.target.id !== "attach") return;
    take(event.target.files);
    event.target.value = "";
  });
  document.addEventListener("paste", (event) => {
    const { files, types } = event.clipboardData;
    if (!files.length || types.includes("text/plain") || !event.target.closest(".composer") || !list()) return;
    event.preventDefault();
    take(files);
  });
  // A file that is dropped beside the composer would take the place of the whole page.
  const carriesFiles = (event) => event.dataTransfer && event.dataTransfer.types.includes("Files");
  const shows = (over) => find(".composer") && find(".composer").toggleAttribute("data-over", over);
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    const here = list() && event.target.closest("#talk-pane");
    event.dataTransfer.dropEffect = here ? "copy" : "none";
    shows(Boolean(here));
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || shows(false));
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    shows(false);
    if (list() && event.target.closest("#talk-pane")) take(event.dataTransfer.files);
  });
  // Nothing is sent without a file that was to go along.
  document.addEventListener("submit", (event) => {
    if (!find(".coming", event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!find("[data-for-files]", list())) refuse(list().dataset.waits).dataset.forFiles = "";
  }, true);

  // ---- Copies: an address becomes a chip when one goes on; Backspace takes the last one back.
  const looksRight = (address) => /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;"]+$/.test(address);
  const addCopies = (field) => {
    const written = field.value.split(/[\s,;]+/).filter(Boolean), wrong = written.filter((each) => !looksRight(each));
    for (const address of written.filter(looksRight)) {
      if (find(`#copies [value="${CSS.escape(address)}"]`)) continue;
      const chip = made("copy"), button = find("button", chip);
      find("span", chip).textContent = address;
      find("input", chip).value = address;
      button.setAttribute("aria-label", button.getAttribute("aria-label") + address);
      find("#copies").append(chip);
    }
    field.value = wrong.join(" ");
    field.setAttribute("aria-invalid", String(wrong.length > 0));
    find("#cc-wrong").textContent = wrong.length ? field.dataset.wrong.replace("%(address)s", wrong[0]) : "";
    if (written.length > wrong.length) changed();
  };
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (field.id !== "cc" || event.ctrlKey || event.metaKey) return;
    if (["Enter", ",", ";", " "].includes(event.key)) {
      event.preventDefault();
      addCopies(field);
    } else if (event.key === "Backspace" && !field.value && find("#copies li:last-child")) {
      find("#copies li:last-child").remove();
      changed();
    }
  });
  document.addEventListener("focusout", (event) => event.target.id === "cc" && addCopies(event.target));
})();
