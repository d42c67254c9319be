// What every page needs: the CSRF token on htmx's writes, refusals shown in words, menus that close by themselves, the clock.
const token = document.querySelector('meta[name="csrf-token"]');
const messages = document.getElementById("messages");

document.body.addEventListener("htmx:configRequest", (event) => {
  if (token) event.detail.headers["X-CSRFToken"] = token.content;
});

// The server answers refusals of htmx's requests with a finished, escaped fragment in the reader's language.
document.body.addEventListener("htmx:responseError", (event) => {
  const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const problem = answer.querySelector(".problem");
  if (problem) messages.replaceChildren(problem);
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  }
});

// The time in the reader's zone; on a board by the board's clock, which is the server's.
for (const place of document.querySelectorAll("[data-clock]")) {
  const format = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: place.dataset.clock });
  const shown = place.querySelector("time");
  const tick = () => {
    const now = new Date(window.tocsinTime ? window.tocsinTime.now() : Date.now());
    shown.textContent = format.format(now);
    shown.dateTime = now.toISOString();
  };
  tick();
  setInterval(tick, 1000);
  place.hidden = false;
}
