/* My week: d, s and w answer the current card; the page works without it through its forms. */
(function () {
  "use strict";

  var at = 0;

  function cards() {
    return Array.from(document.querySelectorAll("#week .visits > .visit"));
  }

  function current() {
    var all = cards();
    return all.find(function (card) { return card.classList.contains("is-current"); }) || all[0];
  }

  function typing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  /* After an answer the next card takes the place of the one that left. */
  function settle() {
    var all = cards();
    if (!all.length) return;
    var card = all[Math.min(at, all.length - 1)];
    card.classList.add("is-current");
    var link = card.querySelector("a.row-link");
    if (link) link.focus({ preventScroll: true });
  }

  document.addEventListener("submit", function (event) {
    var card = event.target.closest(".visit");
    if (card) at = cards().indexOf(card);
  }, true);

  document.addEventListener("keydown", function (event) {
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open], .offcanvas.show")) return;
    var card = current();
    var button = card && card.querySelector('button[data-key="' + CSS.escape(event.key) + '"]');
    if (!button) return;
    event.preventDefault();
    button.click();
  });

  document.body.addEventListener("htmx:afterSettle", function (event) {
    if (event.detail.elt.id === "week") settle();
  });
})();
