// What every page needs: the CSRF token on htmx's writes, refusals shown in words, menus that close by themselves.
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
