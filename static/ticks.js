// Times that move: <time datetime data-since> counts up, <time datetime data-until> counts down. Once a second, no layout shift.
(() => {
  const two = n => String(n).padStart(2, "0");
  function span(milliseconds) {
    const seconds = Math.max(0, Math.floor(milliseconds / 1000)), hours = Math.floor(seconds / 3600);
    return `${hours ? hours + ":" : ""}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  }
  function tick() {
    const now = Date.now();
    for (const time of document.querySelectorAll("time[data-since]")) time.textContent = span(now - Date.parse(time.dateTime));
    for (const time of document.querySelectorAll("time[data-until]")) {
      const left = Date.parse(time.dateTime) - now;
      time.textContent = (left < 0 ? "−" : "") + span(Math.abs(left));
      time.classList.toggle("is-over", left < 0);
    }
    for (const total of document.querySelectorAll("[data-user-minutes]")) {
      const grown = Number(total.dataset.userMinutes) + Number(total.dataset.users) * Math.max(0, now - Date.parse(total.dataset.at)) / 60000;
      total.textContent = new Intl.NumberFormat(document.documentElement.lang).format(Math.floor(grown));
    }
  }
  setInterval(tick, 1000);
  document.addEventListener("board:update", tick, true);
  tick();
})();
