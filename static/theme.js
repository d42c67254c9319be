// Follows the theme of the reader's system. Runs before the page is drawn, so that nothing flashes.
(() => {
  const light = matchMedia("(prefers-color-scheme: light)");
  const follow = () => { document.documentElement.dataset.bsTheme = light.matches ? "light" : "dark"; };
  light.addEventListener("change", follow);
  follow();
})();
