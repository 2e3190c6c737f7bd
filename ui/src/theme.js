// Runs before the first paint, so that a dark page never flashes white.
(function () {
  var wanted = null;
  try {
    wanted = localStorage.getItem("headrace.theme");
  } catch (_) {
    // Storage can be switched off; the system's theme is then the answer.
  }
  var dark = wanted === "dark" || (wanted !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
