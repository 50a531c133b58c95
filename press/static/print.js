// Paper is white: the light theme while a page is printed, then the reader's own again.
(function () {
  "use strict";
  var root = document.documentElement, theme;
  function dress(printing) {
    if (printing && root.dataset.theme === "dark") {
      theme = "dark";
      root.dataset.theme = "light";
    } else if (!printing && theme) {
      root.dataset.theme = theme;
      theme = undefined;
    }
  }
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.addEventListener("click", function () { window.print(); });
  });
  window.addEventListener("beforeprint", function () { dress(true); });
  window.addEventListener("afterprint", function () { dress(false); });
})();
