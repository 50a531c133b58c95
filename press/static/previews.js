// Shows in place what a link names: a source, a term, a claim, a figure. The pointer, the keyboard and a long press
// bring it, Escape takes it away. What it says is in preview-index.js, a script file, loaded at the first use.
(function () {
  "use strict";
  var root = document.documentElement.dataset.content_root || "";
  var article = document.querySelector("article.bd-article");
  if (!article) return;
  var box = null, link = null, asked = null, timer = 0, held = false, title = "";

  function id(one) {
    var hash = one.hash ? decodeURIComponent(one.hash.slice(1)) : "";
    return /^(ref|term|fig)-|^[a-z]-\d+$/.test(hash) ? hash : "";
  }

  // The link under an event, where it has a preview: not the sign beside a heading, nor a link in what it names.
  function found(event) {
    var one = event.target.closest && event.target.closest("a[href*='#']");
    if (!one || !article.contains(one) || one.classList.contains("headerlink") || !id(one)) return null;
    var named = one.pathname === location.pathname && document.getElementById(id(one));
    return named && (named.contains(one) || named.closest("dt, blockquote, figure") === one.closest("dt, blockquote, figure") && one.closest("dt, blockquote, figure")) ? null : one;
  }

  function load(then) {
    if (window.companionPreviews) { then(); return; }
    if (asked) { asked.addEventListener("load", then); return; }
    asked = document.createElement("script");
    asked.src = root + "_static/preview-index.js";
    asked.addEventListener("load", then);
    document.head.appendChild(asked);
  }

  function build(told) {
    if (!box) {
      box = document.createElement("div");
      box.id = "preview";
      box.className = "preview";
      box.setAttribute("role", "tooltip");
      box.addEventListener("pointerenter", function () { clearTimeout(timer); });
      box.addEventListener("pointerleave", function () { later(hide, 200); });
      document.body.appendChild(box);
    }
    box.textContent = "";
    box.appendChild(document.createElement("strong")).textContent = told[0];
    box.appendChild(document.createElement("p")).innerHTML = told[1];  // the book's own words, from the build
    if (told[2]) {
      var drawn = box.appendChild(document.createElement("img"));
      drawn.alt = "";
      drawn.src = root + told[2];
      drawn.addEventListener("load", place);
    }
  }

  // Under the link, or above it where there is more room.
  function place() {
    if (!link || !box || box.hidden) return;  // or its words are still being loaded
    var around = link.getClientRects()[0] || link.getBoundingClientRect();
    var wide = document.documentElement.clientWidth, high = window.innerHeight, below = high - around.bottom;
    var above = box.offsetHeight + 12 > below && around.top > below;
    box.style.left = Math.max(8, Math.min(around.left, wide - box.offsetWidth - 8)) + "px";
    box.style.top = (above ? Math.max(4, around.top - box.offsetHeight - 6) : Math.min(around.bottom + 6, Math.max(4, high - box.offsetHeight - 4))) + "px";
  }

  function show(one) {
    clearTimeout(timer);
    if (one === link) return;
    hide();
    link = one;
    load(function () {
      var told = one === link && Object.prototype.hasOwnProperty.call(window.companionPreviews, id(one)) && window.companionPreviews[id(one)];
      if (!told) { if (one === link) link = null; return; }
      title = one.getAttribute("title") || "";
      one.removeAttribute("title");  // the browser's own box would lie over it
      build(told);
      box.hidden = false;
      one.setAttribute("aria-describedby", box.id);
      place();
    });
  }

  function hide() {
    clearTimeout(timer);
    if (link) {
      link.removeAttribute("aria-describedby");
      if (title) link.setAttribute("title", title);
    }
    if (box) box.hidden = true;
    link = null;
    title = "";
  }

  function later(what, wait) { clearTimeout(timer); timer = setTimeout(what, wait); }

  article.addEventListener("pointerover", function (event) {
    var one = event.pointerType === "mouse" && found(event);
    if (one === link) clearTimeout(timer); else if (one) later(function () { show(one); }, 250);
  });
  article.addEventListener("pointerout", function (event) {
    if (event.pointerType === "mouse" && found(event)) later(hide, 250);
  });
  article.addEventListener("focusin", function (event) {
    var one = found(event);
    if (one && one.matches(":focus-visible")) show(one);
  });
  article.addEventListener("focusout", hide);
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") hide(); });
  window.addEventListener("scroll", function () { if (link && document.activeElement === link) place(); else hide(); }, { passive: true });

  // A long press shows it and does not follow the link; the next touch elsewhere takes it away.
  document.addEventListener("pointerdown", function (event) {
    if (box && box.contains(event.target)) return;
    if (event.pointerType === "mouse") { hide(); return; }
    var one = found(event);
    if (one !== link) hide();
    held = false;
    if (one) later(function () { held = true; show(one); }, 450);
  });
  ["pointerup", "pointercancel", "pointermove"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      if (event.pointerType !== "mouse" && !held && (name !== "pointermove" || Math.hypot(event.movementX, event.movementY) > 8)) clearTimeout(timer);
    });
  });
  ["click", "contextmenu"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      if (held && found(event)) event.preventDefault();
      if (name === "click") held = false;
    }, true);
  });
})();
