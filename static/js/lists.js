/* Lists: ticking rows, the bar of acts, the order of columns. Without this every form still works. */
(function () {
  "use strict";

  function boxes() {
    return Array.from(document.querySelectorAll("input.pick[name=id]"));
  }

  /* The bar says how many rows are ticked, and goes when none is. */
  function tell() {
    var bar = document.querySelector("[data-bulk]");
    if (!bar) return;
    var all = bar.querySelector("input[name=all]");
    var ticked = boxes().filter(function (box) { return box.checked; }).length;
    var label = bar.querySelector("[data-bulk-count]");
    label.textContent = (ticked === 1 ? label.dataset.one : label.dataset.many).replace(/^[N1]/, String(ticked));
    label.hidden = Boolean(all && all.checked);
    bar.hidden = !ticked && !(all && all.checked);
    var head = document.querySelector("[data-pick-page]");
    if (head) {
      head.checked = ticked > 0 && ticked === boxes().length;
      head.indeterminate = ticked > 0 && !head.checked;
    }
  }

  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-pick-page]")) {
      boxes().forEach(function (box) { box.checked = event.target.checked; });
    }
    if (event.target.matches(".pick, [data-bulk] input")) tell();
  });

  document.addEventListener("click", function (event) {
    var up = event.target.closest("[data-column-up]");
    if (!up) return;
    var line = up.closest("li");
    if (line.previousElementSibling) line.parentNode.insertBefore(line, line.previousElementSibling);
    up.focus();
  });

  document.body.addEventListener("htmx:afterSettle", tell);
  window.addEventListener("pageshow", tell);
  tell();
})();
