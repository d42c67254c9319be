// The exercise clock: <time data-exercise-clock data-second data-speed data-of> goes on from what the server said, at its speed; 0 stands still.
// The line of now in the lanes moves with it.
(() => {
  const two = n => String(n).padStart(2, "0");
  const words = second => `${Math.floor(second / 3600)}:${two(Math.floor(second / 60) % 60)}:${two(Math.floor(second) % 60)}`;
  function tick() {
    for (const clock of document.querySelectorAll("[data-exercise-clock]")) {
      clock.began ??= performance.now();
      const second = Number(clock.dataset.second) + (performance.now() - clock.began) / 1000 * Number(clock.dataset.speed);
      const shown = words(second);
      if (clock.textContent !== shown) clock.textContent = shown;
      const share = `${Math.min(100, second / Number(clock.dataset.of) * 100).toFixed(2)}%`;
      for (const line of document.querySelectorAll(".lane-now")) { line.setAttribute("x1", share); line.setAttribute("x2", share); }
    }
  }
  setInterval(tick, 250);
  tick();
})();
