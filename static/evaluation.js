// The evaluation report: a refusal of a part comes back as its form with what was typed and what stands now, and takes the form's place.
(() => {
  document.body.addEventListener("htmx:beforeSwap", event => {
    const status = event.detail.xhr.status;
    if (!event.detail.target.classList?.contains("eval-part") || status < 400 || status >= 500) return;
    if (!event.detail.xhr.responseText.includes("eval-part")) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });
  document.body.addEventListener("htmx:afterSettle", event => {
    const field = event.detail.elt?.querySelector?.(".eval-form textarea");
    if (field && event.detail.elt.classList.contains("eval-part")) field.focus();
  });
})();
