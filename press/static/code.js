// The switch for a page's code: it also unfolds the code of figures, and the browser remembers where it stands.
// Without this script the switch still shows the code of all other cells (code.css), and each sign its own.
(function () {
  "use strict";
  var box = document.getElementById("show-code");
  if (!box) return;
  var store;
  try { store = window.localStorage; } catch (refused) { /* it then holds for this page only */ }

  function unfold() {
    document.querySelectorAll("details.figure-code").forEach(function (part) { part.open = box.checked; });
  }
  try { box.checked = store.getItem("companion-code") === "shown"; } catch (refused) { box.checked = false; }
  if (box.checked) unfold();
  box.addEventListener("change", function () {
    unfold();
    try { store.setItem("companion-code", box.checked ? "shown" : "folded"); } catch (refused) { /* as above */ }
  });
})();
