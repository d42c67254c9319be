// The part of a drill's page that changes by itself: what is typed in it, where the focus is and what is chosen stay over a change, and
// what is new is said once. "Mark as answered" fills the form beside it without leaving the page.
(() => {
  const told = document.getElementById("messages");
  let kept = null;

  function remember(part) {
    const fields = [...part.querySelectorAll("textarea[id], input[type=radio][id]")];
    const focused = part.contains(document.activeElement) ? document.activeElement : null;
    return {
      texts: fields.filter(each => each.type !== "radio" && each.value).map(each => [each.id, each.value]),
      chosen: fields.filter(each => each.checked).map(each => each.id),
      focus: focused?.id, from: focused?.selectionStart, to: focused?.selectionEnd,
      newest: new Set((part.dataset.newest || "").split(" ")),
    };
  }
  function restore(part) {
    for (const [id, value] of kept.texts) { const field = document.getElementById(id); if (field) field.value = value; }
    for (const id of kept.chosen) { const field = document.getElementById(id); if (field) field.checked = true; }
    const focus = kept.focus && document.getElementById(kept.focus);
    if (focus) {
      focus.focus({ preventScroll: true });
      if (focus.setSelectionRange && focus.type !== "radio") focus.setSelectionRange(kept.from, kept.to);
    }
    const fresh = (part.dataset.newest || "").split(" ").filter(each => each && !kept.newest.has(each));
    if (fresh.length) {
      for (const number of fresh) document.getElementById(`inject-${number}`)?.classList.add("is-new");
      const line = document.createElement("span");
      line.className = "visually-hidden";
      line.textContent = fresh.map(number => `№ ${number}`).join(", ");
      told.replaceChildren(line);
    }
  }
  const live = event => event.detail.target?.id === "live";
  document.body.addEventListener("htmx:beforeSwap", event => {
    if (live(event)) kept = remember(document.getElementById("live"));
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    const part = document.getElementById("live");
    if (kept && part) { restore(part); kept = null; }
  });
  document.addEventListener("click", event => {
    const mark = event.target.closest("[data-mark]"), form = document.querySelector("[data-answer]");
    if (!mark || !form) return;
    event.preventDefault();
    form.elements.number.value = mark.dataset.mark;
    form.elements.words.focus();
    form.scrollIntoView({ block: "center" });
  });
})();
