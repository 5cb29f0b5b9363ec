/* Names for the controls of Mesa's own page that show a sign and no word. */
"use strict";

(() => {
  const SIGNS = new Map([["▶", "Play"], ["❚❚", "Pause"]]), ICONS = new Map([["mdi-menu", "Controls"], ["mdi-brightness", "Light or dark"]]);

  function nameOf(button) {
    const icon = button.querySelector("i");
    for (const [kind, name] of ICONS) if (icon && icon.className.includes(kind)) return name;
    return SIGNS.get(button.textContent.trim());
  }

  new MutationObserver(() => {
    for (const button of document.querySelectorAll("button")) {
      const name = nameOf(button);
      if (name && button.getAttribute("aria-label") !== name) button.setAttribute("aria-label", name);
    }
  }).observe(document.documentElement, {childList: true, characterData: true, subtree: true});
})();
