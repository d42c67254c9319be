// A form that takes a while says so once it is sent: its button cannot be pressed again, its sign of progress shows.
for (const form of document.querySelectorAll("form[data-busy]")) {
  const button = form.querySelector("button");
  const sign = form.querySelector("[data-progress]");
  const show = (busy) => {
    button.disabled = busy;
    sign.hidden = !busy;
  };
  form.addEventListener("submit", () => setTimeout(() => show(true)));
  addEventListener("pageshow", () => show(false));
}
