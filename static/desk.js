// The desk by keyboard: "/" goes to the number, the answer takes the focus when it comes, Ctrl+Enter takes the case.
(() => {
  const number = document.getElementById("number");
  const typing = (target) => target.closest("input, textarea, select");

  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !typing(event.target)) {
      event.preventDefault();
      number.focus();
      number.select();
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = document.querySelector(".desk-case");
      if (form) form.requestSubmit();
    }
  });

  // A refusal is an answer too: it belongs where the answer would stand.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "answer" && event.detail.xhr.status >= 400) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "answer") return;
    const verdict = document.getElementById("verdict");
    if (verdict) {
      number.value = "";
      verdict.focus();
    } else {
      number.select();
    }
  });

  const verdict = document.getElementById("verdict");
  if (verdict) verdict.focus();
})();
