// The alarm of the room: sounds again and again while the board holds an alert that nobody has seen; announces each once; the switch of
// the sound; and a hint to the personal list that something changed.
(() => {
  const root = document.querySelector("[data-board][data-live]"), sound = window.tocsinSound;
  const announce = document.querySelector("[data-announce]"), button = document.querySelector("[data-sound]");
  const mine = document.getElementById("decisions");
  const AGAIN = 6000, HINT = 1500;
  const exercise = "exercise" in document.documentElement.dataset;
  let known = new Set(), sounded = 0, hinting = null;

  function look() {
    const alerts = [...root.querySelectorAll("[data-alert]")];
    const fresh = alerts.filter(each => !known.has(each.dataset.alert));
    known = new Set(alerts.map(each => each.dataset.alert));
    if (fresh.length) announce.textContent = fresh.map(each => each.dataset.name || each.textContent.trim()).join("; ");
    if (alerts.length && (fresh.length || Date.now() - sounded >= AGAIN)) {
      sounded = Date.now();
      sound.alarm(exercise);
    }
    show();
  }
  function show() {
    if (!button) return;
    const state = sound.state();
    const until = new Date(sound.muted()).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    const words = button.dataset[state].replace("{time}", until);
    if (button.textContent !== words) button.textContent = words;
    button.dataset.state = state;
  }
  button?.addEventListener("click", event => {
    event.stopPropagation();
    if (button.dataset.state === "on") sound.mute();
    else { sound.unmute(); setTimeout(() => sound.alarm(exercise), 100); }
    show();
  });
  function hint() {
    if (!mine || hinting) return;
    hinting = setTimeout(() => { hinting = null; window.htmx?.trigger(mine, "tocsin:hint"); }, HINT + Math.random() * HINT);
  }
  root.addEventListener("tocsin:settled", () => { look(); hint(); });
  setInterval(look, 1000);
  mine?.addEventListener("htmx:afterSwap", () => window.tocsinTime.tick());
  look();
})();
