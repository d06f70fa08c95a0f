/* Loaded in the head, before the first paint: the remembered theme, else the system's. */
(function () {
  "use strict";
  var KEY = "cmix-theme";
  var dark = window.matchMedia("(prefers-color-scheme: dark)");

  function remembered() {
    try {
      return window.localStorage.getItem(KEY);
    } catch (error) {
      return null; // storage refused by the browser: follow the system
    }
  }

  function apply() {
    var theme = remembered() || (dark.matches ? "dark" : "light");
    document.documentElement.setAttribute("data-bs-theme", theme);
    document.dispatchEvent(new CustomEvent("cmix:theme", { detail: theme }));
  }

  window.cmixTheme = {
    toggle: function () {
      var next = document.documentElement.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
      try {
        if (next === (dark.matches ? "dark" : "light")) window.localStorage.removeItem(KEY);
        else window.localStorage.setItem(KEY, next);
      } catch (error) {
        document.documentElement.setAttribute("data-bs-theme", next);
        return;
      }
      apply();
    },
  };
  dark.addEventListener("change", apply);
  apply();
})();
