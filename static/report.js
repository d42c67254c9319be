// The report's form: when the first word was typed, Ctrl+Enter sends, facts that are missing lead to their field, a suggestion fills it.
(() => {
  const form = document.getElementById("report"), outlook = document.getElementById("outlook");
  const said = document.getElementById("report-said"), guess = form.querySelector("[data-guess]"), by = guess.textContent;

  form.addEventListener("input", () => {
    if (!form.began_at.value) form.began_at.value = new Date(window.tocsinTime.now()).toISOString();
  });
  form.addEventListener("input", event => {
    if (event.target.name === "occurred_at" && event.target.value) for (const each of form.querySelectorAll("[name=ago]")) each.checked = false;
    if (event.target.name === "ago") form.occurred_at.value = "";
  });
  form.addEventListener("keydown", event => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(document.getElementById("send")); }
  });
  // One press is enough: a second one while the first is under way would only wait behind it.
  form.addEventListener("submit", event => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => { delete form.dataset.sent; });

  document.addEventListener("click", event => {
    const fill = event.target.closest("[data-fill]");
    if (fill) {
      const field = document.querySelector(fill.dataset.fill);
      field.value = fill.dataset.value;
      field.dispatchEvent(new Event("change", { bubbles: true }));
      field.focus();
    }
    const link = event.target.closest(".facts a, .report-line a");
    const field = link && document.querySelector(link.getAttribute("href"));
    if (field?.closest("details")) field.closest("details").open = true;
    if (field?.matches("input, textarea")) { event.preventDefault(); field.focus(); }
  });

  // The line is read out when it says something new, not at each pause in typing.
  document.body.addEventListener("htmx:afterSettle", () => {
    window.tocsinTime.tick();
    const line = document.getElementById("report-line").textContent.replace(/\s+/g, " ").trim();
    if (said.textContent !== line) said.textContent = line;
    const guessed = outlook.querySelector("[data-guessed]");
    guess.textContent = guessed?.dataset.guessed ? `${by}: ${guessed.firstChild.textContent.trim()}` : by;
  });
})();
