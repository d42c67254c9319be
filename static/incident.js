// The incident page beside its cards: forms of actions in a dialog, what may be done kept fresh, drafts kept, comments without reload.
(() => {
  const dialog = document.getElementById("act"), body = document.getElementById("act-body");
  const wait = 400;
  let due = 0;

  // What a person may do follows the cards: asked for again shortly after any of them changed.
  function stale() {
    clearTimeout(due);
    due = setTimeout(() => window.htmx?.trigger("#choices", "stale"), wait);
  }
  const cards = new MutationObserver(() => { stale(); reopen(); });
  for (const list of document.querySelectorAll("[data-cards]")) cards.observe(list, { childList: true });

  // Details that somebody opened stay open when their card is renewed.
  const open = new Map();
  document.addEventListener("toggle", event => {
    const key = event.target.dataset?.keep;
    if (key) open.set(key, event.target.open);
  }, true);
  function reopen() {
    for (const [key, wanted] of open) {
      const found = document.querySelector(`details[data-keep="${CSS.escape(key)}"]`);
      if (found && found.open !== wanted) found.open = wanted;
    }
  }

  // Forms of actions: fetched by htmx, shown in the dialog; a refusal comes back as the same form.
  document.body.addEventListener("htmx:beforeSwap", event => {
    if (event.detail.target !== body && !body.contains(event.detail.target)) return;
    if (event.detail.xhr.status === 204 || event.detail.xhr.status >= 500) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });
  document.body.addEventListener("htmx:afterSwap", event => {
    if (event.detail.target !== body) return;
    restore(body.querySelector("[data-draft]"));
    if (!dialog.open) dialog.showModal();
    (body.querySelector(".problem") ? body.querySelector("#act-title") : body.querySelector("[autofocus], #act-title"))?.focus();
  });
  document.body.addEventListener("acted", () => {
    const form = body.querySelector("[data-draft]");
    if (form) sessionStorage.removeItem(name(form));
    dialog.close();
    stale();
  });
  dialog.addEventListener("click", event => {
    if (!event.target.closest("[data-close]")) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => body.replaceChildren());

  // What was typed into a form of an action waits there, for this tab only, until it is done.
  const name = form => `tocsin-draft:${form.dataset.draft}`;
  body.addEventListener("input", event => {
    const form = event.target.closest("[data-draft]");
    if (!form) return;
    const texts = [...form.querySelectorAll("textarea, input.form-control:not([type])")];
    const kept = texts.filter(each => each.value !== each.defaultValue).map(each => [each.name, each.value]);
    sessionStorage.setItem(name(form), JSON.stringify(Object.fromEntries(kept)));
  });
  function restore(form) {
    if (!form || form.querySelector(".problem")) return;
    const kept = JSON.parse(sessionStorage.getItem(name(form)) || "{}");
    for (const [field, value] of Object.entries(kept)) {
      const found = form.querySelector(`[name="${CSS.escape(field)}"]`);
      if (found) found.value = value;
    }
  }

  // Comments: sent in place; without JavaScript the form opens the journal.
  document.querySelector("[data-comment]")?.addEventListener("submit", async event => {
    event.preventDefault();
    const form = event.currentTarget, said = form.querySelector("[role=alert]"), field = form.elements.text;
    const answer = await window.tocsinPost.post(form.dataset.comment, { text: field.value });
    const problem = answer.ok ? null : await answer.json().catch(() => null);
    said.hidden = answer.ok;
    said.textContent = problem ? `${problem.detail} ${problem.remedy || ""}` : String(answer.status);
    if (answer.ok) field.value = "";
  });
})();
