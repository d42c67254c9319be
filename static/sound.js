// Sounds of a board: a chime for a new tier I or II (another one for an exercise), a low tone when the board has gone silent.
// Browsers want one gesture first; until then the state is "off", and says so. A mute ends by itself.
(() => {
  const UNTIL = "tocsin.muted-until", MUTE = 30 * 60000;
  let audio = null;

  function wake() {
    try { audio = audio || new AudioContext(); audio.resume().catch(() => {}); } catch { /* a browser without sound still shows everything */ }
  }
  for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, wake);

  const muted = () => Number(localStorage.getItem(UNTIL) || 0);
  const state = () => muted() > Date.now() ? "muted" : audio?.state === "running" ? "on" : "off";
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
    if (state() === "on") for (const [hertz, from, seconds] of notes) tone(hertz, from, seconds);
  }
  wake();
  window.tocsinSound = {
    alarm: (exercise = false) => play(exercise ? [[440, 0, 0.15], [440, 0.25, 0.15]] : [[880, 0, 0.25], [660, 0.3, 0.25], [880, 0.6, 0.4]]),
    silent: () => play([[220, 0, 0.8]]),
    state, muted, wake,
    mute() { localStorage.setItem(UNTIL, Date.now() + MUTE); },
    unmute() { localStorage.removeItem(UNTIL); wake(); },
  };
})();
