// Leads from a page to the same page in another edition, and says of an old edition that it is old.
// The list comes as a classic script, since a page opened from disk may not fetch.
(function () {
  "use strict";
  var root = document.documentElement.getAttribute("data-content_root") || "./";
  var place = document.querySelector(".edition-switcher");
  if (!place) { return; }

  function address(edition, page) {
    return root + "../" + edition.version + "/" + (edition.pages.indexOf(page) >= 0 ? page : "index.html");
  }

  function link(edition, page, text) {
    var anchor = document.createElement("a");
    anchor.href = address(edition, page);
    anchor.textContent = text;
    return anchor;
  }

  function show() {
    var editions = window.companionEditions || [];
    var own = place.getAttribute("data-edition"), page = place.getAttribute("data-page");
    var newest = editions[editions.length - 1];
    if (!own || !newest) { return; }
    var list = document.createElement("ul");
    editions.slice().reverse().forEach(function (edition) {
      var item = document.createElement("li");
      var anchor = link(edition, page, edition.version + (edition === newest ? " (newest)" : ""));
      if (edition.version === own) { anchor.setAttribute("aria-current", "true"); }
      item.append(anchor, " ", edition.date);
      if (edition.pages.indexOf(page) < 0) { item.append(" (front page)"); }
      list.append(item);
    });
    var summary = document.createElement("summary"), details = document.createElement("details");
    summary.textContent = "Edition " + own;
    details.append(summary, list);
    place.append(details);
    place.hidden = false;
    if (newest.version === own) { return; }
    var banner = document.createElement("aside");
    banner.className = "edition-banner";
    banner.setAttribute("aria-label", "Old edition");
    banner.append("This is edition " + own + ". The newest is ", link(newest, page, "edition " + newest.version), "; see ", link(newest, "book/changes.html", "what changed"), ".");
    document.querySelector(".bd-article-container").prepend(banner);
  }

  var script = document.createElement("script");
  script.src = root + "_static/editions.js";
  script.onload = show;
  document.head.append(script);
})();
