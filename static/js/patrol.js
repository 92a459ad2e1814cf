/* A patrol without a network: what is kept waits in the queue and is sent once, by its mark.
   Without this file the form is sent as any other. */
"use strict";

(() => {
  const form = document.getElementById("patrol-form");
  if (!form || !window.sendQueue) return;
  const word = (name) => form.dataset[name];
  const NAMES = ["unit", "finding", "category", "advice", "due_on", "lon", "lat", "event_id"];

  const queue = window.sendQueue({
    kind: "patrol",
    owner: form.dataset.owner,
    label: (draft) => `${draft.place} ${draft.body.finding || ""}`.trim(),
    edit,
  });

  /* Photos of a draft under way again. */
  let carried = [];
  /* When the round was that is written down anew. */
  let at = "";

  function fresh() {
    form.reset();
    carried = [];
    at = "";
    form.elements.event_id.value = queue.mark();
  }

  async function drafted() {
    const data = new FormData(form);
    const body = { items: data.getAll("items"), at: at || new Date().toISOString() };
    for (const name of NAMES) {
      if (data.get(name)) body[name] = data.get(name);
    }
    const chosen = data.getAll("photos").filter((file) => file.size);
    const files = [...carried, ...(await Promise.all(chosen.map(window.photos.chosen)))];
    const place = form.elements.unit.selectedOptions[0].textContent;
    return queue.put({ mark: body.event_id, api: form.dataset.api, body, files, place });
  }

  function edit(draft) {
    form.reset();
    for (const [name, value] of Object.entries(draft.body)) {
      const field = form.elements[name];
      if (name === "items") {
        for (const box of form.elements.items) box.checked = value.includes(box.value);
      } else if (field) field.value = value;
    }
    /* It stays in the store, with its time, until the server has it. */
    carried = draft.files;
    at = draft.body.at;
    form.scrollIntoView();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const draft = await drafted();
    const { state, why } = await queue.send(draft);
    if (state === "sent") {
      queue.say(word("wordDone"));
      fresh();
    } else if (state === "refused") {
      /* It is still in the form, and in the store until the server has it. */
      carried = draft.files;
      at = draft.body.at;
      form.elements.photos.value = "";
      queue.say(why);
    } else if (await queue.usable()) {
      queue.say(why || word("wordKept"));
      fresh();
    } else {
      queue.say(why || word("wordStays"));
    }
  });
  /* A form that was kept on the phone brings an old mark: each round has its own. */
  if (!document.querySelector(".errorlist")) form.elements.event_id.value = queue.mark();
  navigator.serviceWorker?.register(form.dataset.worker, { scope: "/patrols/" }).catch(() => {});
})();
