/* Behaviour of the frame. Every page works without it: links, forms and <details> carry the acts. */
(function () {
  "use strict";

  var search = document.getElementById("search");
  var results = document.getElementById("search-results");
  var drawer = document.getElementById("drawer");
  var shortcuts = document.getElementById("shortcuts");
  var asked = null; /* the text the shown hits belong to */

  function typing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  function focusSearch(event) {
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  }

  /* Arrow keys walk from the field through the hits and back. */
  function walkHits(event) {
    var hits = Array.from(results.querySelectorAll("a"));
    var at = hits.indexOf(document.activeElement);
    if (event.key === "Enter" && document.activeElement === search && hits.length && asked === search.value) {
      event.preventDefault();
      hits[0].click();
    } else if (event.key === "Escape") {
      search.value = "";
      results.replaceChildren();
      search.blur();
    } else if (event.key === "ArrowDown" && hits.length) {
      event.preventDefault();
      hits[Math.min(at + 1, hits.length - 1)].focus();
    } else if (event.key === "ArrowUp" && at >= 0) {
      event.preventDefault();
      (at ? hits[at - 1] : search).focus();
    }
  }

  document.body.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target === results) asked = new URLSearchParams(event.detail.requestConfig.path.split("?")[1] || "").get("q") || event.detail.requestConfig.parameters.q || "";
  });

  /* c logs a call, on a client's page in place; n begins a task. */
  function begin(what) {
    var fold = what === "log" && document.querySelector("details.log-fold");
    if (fold) {
      fold.open = true;
      fold.scrollIntoView({ block: "center" });
      var write = function () { fold.querySelector("textarea").focus(); };
      if (fold.querySelector("textarea")) write();
      else fold.addEventListener("htmx:load", write, { once: true });
    } else if (shortcuts) {
      window.location.assign(shortcuts.dataset[what]);
    }
  }

  /* j and k walk the lines of the page's list; the line's own link opens it. */
  function walkRows(step) {
    var rows = Array.from(document.querySelectorAll("[data-rows] > *"));
    if (!rows.length) return;
    var at = rows.findIndex(function (row) { return row.classList.contains("is-current"); });
    var next = Math.max(0, Math.min(rows.length - 1, at + step));
    rows.forEach(function (row, index) { row.classList.toggle("is-current", index === next); });
    var link = rows[next].querySelector("a.row-link") || rows[next].querySelector("a");
    if (link) link.focus();
    rows[next].scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return focusSearch(event);
    if (search && search.form.contains(event.target)) return walkHits(event);
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return undefined;
    if (event.key === "/") return focusSearch(event);
    if (event.key === "?" && shortcuts && !shortcuts.open) return shortcuts.showModal();
    if (document.querySelector("dialog[open], .offcanvas.show")) return undefined;
    if (event.key === "c") { event.preventDefault(); return begin("log"); }
    if (event.key === "n") { event.preventDefault(); return begin("task"); }
    if (event.key === "j") return walkRows(1);
    if (event.key === "k") return walkRows(-1);
    return undefined;
  });

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-theme-toggle]")) window.cmixTheme.toggle();
    if (event.target.closest("[data-shortcuts]")) shortcuts.showModal();
    document.querySelectorAll("details.menu[open], details.rail-more[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  /* A choice in a filter bar applies at once; the button stays for those without scripts. */
  document.addEventListener("change", function (event) {
    var form = event.target.closest("form[data-auto-submit]");
    if (form && event.target.matches("select, input[type=checkbox], input[type=date]")) form.requestSubmit();
  });

  /* Empty fields stay out of the address, so that it can be read and shared. */
  document.addEventListener("formdata", function (event) {
    if (!event.target.matches("form[data-auto-submit]")) return;
    Array.from(event.formData.entries()).forEach(function (pair) {
      if (pair[1] === "") event.formData.delete(pair[0]);
    });
  });

  document.body.addEventListener("htmx:afterSwap", function (event) {
    if (!drawer || event.detail.target.id !== "drawer-body") return;
    var source = event.detail.requestConfig && event.detail.requestConfig.elt;
    var label = source && source.dataset.drawer;
    document.getElementById("drawer-title").textContent = label || drawer.dataset.title || "";
    window.bootstrap.Offcanvas.getOrCreateInstance(drawer).show();
  });

  /* A part that comes right after the page may hold what its address asks for; who scrolled meanwhile stays. */
  document.body.addEventListener("htmx:load", function (event) {
    var asked = window.location.hash && document.getElementById(window.location.hash.slice(1));
    if (asked && asked !== event.target && event.target.matches(".more") && event.target.contains(asked) && !window.scrollY) window.location.replace(window.location.hash);
  });

  /* When a fragment cannot be had, the link itself still leads to the page. */
  document.body.addEventListener("htmx:responseError", function (event) {
    var link = event.detail.elt;
    if (link && link.matches("a[href]")) window.location.assign(link.href);
  });
  document.body.addEventListener("htmx:afterRequest", function (event) {
    if (event.detail.failed) document.querySelectorAll(".later").forEach(function (part) { part.removeAttribute("aria-busy"); });
  });

  if (/Mac|iPhone|iPad/.test(navigator.platform)) {
    document.querySelectorAll("[data-mac]").forEach(function (key) { key.textContent = key.dataset.mac; });
  }
})();
