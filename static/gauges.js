// Fast counters into their places: progress of notices, queues, gateways, the engine's age.
(() => {
  const root = document.querySelector("[data-board]");
  if (!root) return;
  const system = document.querySelector("[data-system]"), format = new Intl.NumberFormat(document.documentElement.lang);
  const LATE = 15;
  let figures = {};

  function gauge(given) {
    figures = given || figures;
    for (const [id, counts] of Object.entries(figures.notices || {})) {
      const meter = root.querySelector(`[data-notice="${id}"]`);
      if (meter) fill(meter, counts);
    }
    if (system && "engine_at" in figures) machinery(figures);
  }
  function fill(meter, counts) {
    const sum = states => states.reduce((total, state) => total + (counts[state] || 0), 0);
    const all = sum(Object.keys(counts)), arrived = sum(["delivered"]);
    const told = arrived + sum(["submitted", "sent", "undelivered", "unknown"]);
    const missed = sum(["failed", "undelivered", "expired", "unknown"]);
    const part = n => all ? `${(100 * n / all).toFixed(1)}%` : "0%";
    meter.querySelector("[data-told]").style.width = part(told - arrived);
    meter.querySelector("[data-arrived]").style.width = part(arrived);
    meter.querySelector("[data-count]").textContent = `${format.format(arrived)} / ${format.format(all)}`;
    meter.querySelector("[data-failed]").textContent = format.format(missed);
    meter.querySelector("[data-failed-row]").hidden = !missed;
  }
  const seconds = at => Math.max(0, Math.round((window.tocsinTime.now() - Date.parse(at)) / 1000));
  const unit = name => new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: name, unitDisplay: "short" });
  const units = { second: unit("second"), minute: unit("minute"), hour: unit("hour") };
  function span(age) {
    if (age < 120) return units.second.format(age);
    return age < 7200 ? units.minute.format(Math.floor(age / 60)) : units.hour.format(Math.floor(age / 3600));
  }
  function machinery({ engine_at, signed_at, lanes, gateways }) {
    const age = engine_at === null ? null : seconds(engine_at);
    system.classList.toggle("is-late", age === null || age > LATE);
    system.querySelector("[data-engine]").textContent = age === null ? "–" : span(age);
    for (const lane of system.querySelectorAll("[data-lane]")) lane.textContent = format.format(lanes[lane.dataset.lane] || 0);
    const signed = system.querySelector("[data-signed]");
    signed.textContent = signed_at ? span(seconds(signed_at)) : signed.dataset.never;
    const place = system.querySelector("[data-gateways]");
    const shown = Object.entries(gateways).map(([name, state]) => {
      const pill = document.createElement("span");
      pill.className = `pill ${state === "up" ? "pill-ok" : "pill-bad"}`;
      pill.textContent = `${state === "up" ? "✓" : "✕"} ${name}: ${place.dataset[state]}`;
      return pill;
    });
    if (place.textContent !== shown.map(each => each.textContent).join("")) place.replaceChildren(...shown.length ? shown : [place.dataset.none]);
  }
  setInterval(() => { if (system && "engine_at" in figures) machinery(figures); }, 1000);
  window.tocsinGauge = gauge;
})();
