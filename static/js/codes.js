/* The organiser's screen: two minutes of codes are fetched ahead and shown by the clock of the server.
   Without this file the page loads itself anew. */
"use strict";

(() => {
  const area = document.getElementById("codes");
  if (!area) return;
  const SLOT = 15000;
  const image = document.getElementById("code");
  const digits = document.getElementById("digits");
  let codes = [];
  let ahead = 0; // the clock of the server less that of this machine

  async function load() {
    try {
      const answer = await fetch(area.dataset.address, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const given = await answer.json();
      ahead = given.now - Date.now();
      codes = given.codes;
      document.getElementById("offline").hidden = true;
    } catch (lost) {
      document.getElementById("offline").hidden = false;
    }
  }

  function show() {
    const now = Date.now() + ahead;
    const code = codes.find((one) => one.starts <= now && now < one.starts + SLOT);
    if (code && digits.textContent !== code.digits) {
      image.src = code.image;
      digits.textContent = code.digits;
    }
  }

  load().then(show);
  setInterval(show, 500);
  setInterval(load, 30000);
})();
