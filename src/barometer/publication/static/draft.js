"use strict";
// Loads the page again when the draft has changed; the browser keeps the place on the page.
{
  const { version, state } = document.currentScript.dataset;
  setInterval(async () => {
    try {
      const answer = await fetch(state, { cache: "no-store" });
      if (answer.ok && (await answer.text()) !== version) location.reload();
    } catch {
      // The preview has ended, or not started again yet.
    }
  }, 700);
}
