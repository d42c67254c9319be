// Sounds of a board: a chime for a new tier I or II, a low tone when the board has gone silent. Browsers want one gesture first.
(() => {
  let audio = null;
  function wake() {
    try { audio = audio || new AudioContext(); audio.resume(); } catch { /* a browser without sound still shows everything */ }
  }
  for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, wake, { once: true });

  function tone(hertz, from, seconds) {
    const source = audio.createOscillator(), loudness = audio.createGain();
    source.frequency.value = hertz;
    loudness.gain.value = 0.2;
    source.connect(loudness).connect(audio.destination);
    source.start(audio.currentTime + from);
    source.stop(audio.currentTime + from + seconds);
  }
  function play(notes) {
    wake();
    if (audio) for (const [hertz, from, seconds] of notes) tone(hertz, from, seconds);
  }
  window.tocsinSound = {
    alarm: () => play([[880, 0, 0.25], [660, 0.3, 0.25], [880, 0.6, 0.4]]),
    silent: () => play([[220, 0, 0.8]]),
  };
})();
