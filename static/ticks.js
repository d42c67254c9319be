// Times that move: <time data-since> counts up, <time data-until> counts down, [data-user-minutes] grows. All by the server's clock.
(() => {
  const root = document.querySelector("[data-now]");
  const frozen = root && !root.hasAttribute("data-live");
  const time = window.tocsinTime = {
    ahead: 0,
    set(at) { time.ahead = Date.parse(at) - Date.now(); },
    now: () => frozen ? Date.parse(root.dataset.now) : Date.now() + time.ahead,
  };
  if (root) time.set(root.dataset.now);

  const two = n => String(n).padStart(2, "0");
  function span(milliseconds) {
    const seconds = Math.max(0, Math.floor(milliseconds / 1000)), hours = Math.floor(seconds / 3600);
    return `${hours ? `${hours}:` : ""}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  }
  function tick() {
    const now = time.now();
    for (const each of document.querySelectorAll("time[data-since]")) each.textContent = span(now - Date.parse(each.dateTime));
    for (const each of document.querySelectorAll("time[data-until]")) {
      const left = Date.parse(each.dateTime) - now;
      each.textContent = (left < 0 ? "−" : "") + span(Math.abs(left));
      each.classList.toggle("is-over", left < 0);
    }
    const format = new Intl.NumberFormat(document.documentElement.lang);
    for (const each of document.querySelectorAll("[data-user-minutes]")) {
      const since = Math.max(0, now - Date.parse(each.dataset.at)) / 60000;
      each.textContent = format.format(Math.floor(Number(each.dataset.userMinutes) + Number(each.dataset.users) * since));
    }
  }
  time.tick = tick;
  setInterval(tick, 1000);
  tick();
})();
