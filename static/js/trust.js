/* One criterion by keyboard, pictures from the clipboard, the clock of a call. Forms and links do the
   work; without this script the buttons are there. */
(function () {
  "use strict";

  var root = document.querySelector("[data-criterion]");
  if (!root) return;

  function typing(target) {
    return target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
      (target.tagName === "INPUT" && target.type !== "radio" && target.type !== "checkbox");
  }

  function choose(level) {
    var form = root.querySelector("[data-levels]");
    var input = form && form.querySelector('input[type=radio][value="' + level + '"]');
    if (!input || input.matches(":disabled")) return false;
    input.checked = true;
    input.focus();
    input.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }

  function follow(selector) {
    var link = root.querySelector(selector);
    if (link) link.click();
    return Boolean(link);
  }

  function notApplicable() {
    var fold = root.querySelector("[data-na]");
    if (!fold) return false;
    fold.open = true;
    fold.querySelector("input[name=na_reason]").focus();
    return true;
  }

  document.addEventListener("keydown", function (event) {
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    var done = false;
    if (/^[0-4]$/.test(event.key)) done = choose(event.key);
    else if (event.key === "n" || event.key === "N") done = notApplicable();
    else if (event.key === "ArrowRight") done = follow("[data-next]");
    else if (event.key === "ArrowLeft") done = follow("[data-previous]");
    if (!done) return;
    event.preventDefault();
    event.stopImmediatePropagation();  // here the keys are the criterion's, also where the frame has them
  }, true);

  /* Pictures pasted or dropped are sent by the form that is there for files. */
  function send(files) {
    var form = root.querySelector("[data-paste]");
    var pictures = Array.from(files || []).filter(function (file) { return file.size > 0; });
    if (!form || !pictures.length) return false;
    var basket = new DataTransfer();
    basket.items.add(pictures[0]);
    form.querySelector("input[type=file]").files = basket.files;
    form.requestSubmit();
    return true;
  }

  document.addEventListener("paste", function (event) {
    if (event.clipboardData && send(event.clipboardData.files)) event.preventDefault();
  });

  var place = root.querySelector("[data-drop]");
  if (place) {
    ["dragenter", "dragover"].forEach(function (name) {
      place.addEventListener(name, function (event) {
        if (!event.dataTransfer || Array.from(event.dataTransfer.types).indexOf("Files") < 0) return;
        event.preventDefault();
        place.classList.add("is-over");
      });
    });
    place.addEventListener("dragleave", function () { place.classList.remove("is-over"); });
    place.addEventListener("drop", function (event) {
      place.classList.remove("is-over");
      if (event.dataTransfer && send(event.dataTransfer.files)) event.preventDefault();
    });
  }

  /* The clock of a call: one press starts it, the next writes the seconds. */
  root.querySelectorAll("[data-timer]").forEach(function (button) {
    var begun = 0;
    button.addEventListener("click", function () {
      if (!begun) {
        begun = Date.now();
        button.textContent = button.dataset.stop;
        return;
      }
      var field = button.form.querySelector("input[name=waited_seconds]");
      field.value = String(Math.round((Date.now() - begun) / 1000));
      begun = 0;
      field.focus();
    });
  });
})();
