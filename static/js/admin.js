/* What the administration's own pages lack for those who do not see them: names of the fields that search, and a
   heading cell that heads nothing. */
(() => {
  "use strict";

  const nameOf = (select) => {
    const label = document.querySelector(`label[for="${select.id}"]`);
    if (label) return label.textContent;
    const column = [...(select.closest("td")?.classList ?? [])].find((one) => one.startsWith("field-"));
    const head = column && select.closest("table").querySelector(`.${column.replace("field-", "column-")}`);
    return head ? head.textContent : select.name;
  };

  const name = () => {
    for (const select of document.querySelectorAll("select.admin-autocomplete.select2-hidden-accessible")) {
      const text = nameOf(select).trim().replace(/:$/, "");
      const parts = ".select2-selection, .select2-selection__rendered, .select2-search__field";
      for (const part of select.nextElementSibling?.querySelectorAll(parts) ?? []) {
        if (part.tagName !== "UL") part.setAttribute("aria-label", text);
      }
    }
  };

  const complete = () => {
    name();
    for (const input of document.querySelectorAll("input.vTimeField:not([aria-label]), input.vDateField:not([aria-label])")) {
      if (!input.labels.length) input.setAttribute("aria-label", input.previousSibling?.textContent.trim() || input.name);
    }
    for (const head of document.querySelectorAll("th.original")) {
      const cell = document.createElement("td");
      cell.className = head.className;
      head.replaceWith(cell);
    }
  };

  // The fields that search are made some time after the page, those of a new row when it is added.
  new MutationObserver(complete).observe(document.body, { childList: true, subtree: true });
  complete();
})();
