// Marks in the page's contents the section that is being read, after a jump into the middle of one as well, where
// the theme's own watch sees no heading pass.
(function () {
  "use strict";
  var links = Array.from(document.querySelectorAll("#pst-page-toc-nav a[href^='#']")).filter(function (link) { return link.hash.length > 1; });
  if (!links.length) return;
  var heads = links.map(function (link) { return document.getElementById(decodeURIComponent(link.hash.slice(1))); });
  var timer = 0;

  function mark() {
    var now = -1;
    heads.forEach(function (head, n) { if (head && head.getBoundingClientRect().top < 120) now = n; });
    links.forEach(function (link, n) {
      link.classList.toggle("active", n === now);
      if (n === now) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    });
  }
  function soon() { clearTimeout(timer); timer = setTimeout(mark, 120); }
  window.addEventListener("scroll", soon, { passive: true });
  window.addEventListener("resize", soon);
  window.addEventListener("hashchange", soon);
  soon();
})();
