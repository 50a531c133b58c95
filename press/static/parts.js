// The ways to read a chapter, and addresses that lead into what is closed or left out. Without scripts everything
// stands. The way was set before the page was drawn, by a line beside the buttons.
(function () {
  "use strict";
  var article = document.querySelector(".bd-article");
  var buttons = Array.from(document.querySelectorAll(".ways button"));
  if (!article) return;

  function current() {
    return article.classList.contains("read-argument") ? "argument" : article.classList.contains("read-evidence") ? "evidence" : "everything";
  }

  function mark() {
    buttons.forEach(function (button) { button.setAttribute("aria-pressed", String(button.dataset.read === current())); });
  }

  function read(way) {
    article.classList.remove("read-argument", "read-evidence");
    if (way !== "everything") article.classList.add("read-" + way);
    mark();
  }

  function keep(way) {
    try { localStorage.setItem("read", way); } catch (error) { /* the browser keeps nothing */ }
    var address = new URL(location.href);  // one that names another way would come back on reload
    if (address.searchParams.has("read")) {
      address.searchParams.set("read", way);
      history.replaceState(history.state, "", address);
    }
  }

  buttons.forEach(function (button) {
    button.addEventListener("click", function () {
      read(button.dataset.read);
      keep(button.dataset.read);
    });
  });

  // Shows what an address such as #l-24 names, whatever is closed or left out around it.
  function reveal(hash) {
    var target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1).split("?")[0]));
    if (!target || !article.contains(target)) return;
    var moved = false;
    if (current() !== "everything" && target.closest(".part, .set-aside, .cell") && !shown(target)) {
      read("everything");
      moved = true;
    }
    for (var around = target.closest("details"); around; around = around.parentElement.closest("details")) {
      moved = moved || !around.open;
      around.open = true;
    }
    if (moved) target.scrollIntoView();
  }

  function shown(target) {
    for (var node = target; node && node !== article; node = node.parentElement) {
      if (getComputedStyle(node).display === "none") return false;
    }
    return true;
  }

  document.addEventListener("click", function (event) {  // the same address twice is no change of it
    var link = event.target.closest && event.target.closest("a[href*='#']");
    if (link && link.hash && link.pathname === location.pathname && link.host === location.host) {
      setTimeout(reveal, 0, link.hash);
    }
  });
  window.addEventListener("hashchange", function () { reveal(location.hash); });
  mark();
  reveal(location.hash);
})();
