// The session has ended: what is shown stays, the page says so and asks nothing more, until somebody has signed in
// again in another window; then it goes on.
(() => {
  "use strict";
  const body = document.body;
  const find = (selector) => document.querySelector(selector);
  const AGAIN = 15000;
  const isLookedAt = () => document.visibilityState === "visible";
  let again, asking = false, refused = false;

  const ask = async () => {
    clearTimeout(again);
    if (asking) return;
    asking = true;
    try {
      // By this header the server knows a script.
      const answer = await fetch(body.dataset.signed, { headers: { "HX-Request": "true" } });
      if (answer.status === 401) ended();
      else if (answer.ok) goOn(await answer.json());
    } catch {
      // The network is away: whether he is signed in nobody knows.
    }
    asking = false;
    if (isOut()) again = setTimeout(lookAgain, AGAIN);
  };
  const isOut = () => "signedOut" in body.dataset;
  const lookAgain = () => isOut() && isLookedAt() && ask();
  const ended = () => {
    body.dataset.signedOut = "";
    if (!find("#is-signed-out") && find("#signed-out")) body.append(find("#signed-out").content.cloneNode(true));
  };
  const goOn = ({ me, token }) => {
    if (String(me) !== body.dataset.me) {
      location.reload(); // somebody else: what stands here is not his
      return;
    }
    body.dataset.csrf = token;
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
    if (isOut()) {
      delete body.dataset.signedOut;
      find("#is-signed-out").remove();
      body.dispatchEvent(new CustomEvent("otvet:signed-in"));
    } else if (refused) body.dispatchEvent(new CustomEvent("otvet:unsent")); // its token was an old one
    refused = false;
  };

  document.addEventListener("htmx:after:request", (event) => {
    if (event.detail.ctx.response.status !== 401) return;
    event.preventDefault();
    body.dispatchEvent(new CustomEvent("otvet:kept"));
    refused = event.detail.ctx.request.method !== "GET";
    ask();
  });
  body.addEventListener("otvet:silent", ask);
  document.addEventListener("visibilitychange", lookAgain);
  window.addEventListener("focus", lookAgain);
})();
