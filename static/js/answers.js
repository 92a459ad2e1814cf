/* Missing cells of a form, row by row, without a network: what is kept waits in the queue and is sent
   once, by its mark. Without this file each row is sent as any other form. */
"use strict";

(() => {
  const page = document.querySelector("[data-answers]");
  if (!page || !window.sendQueue) return;
  const word = (name) => page.dataset[name];
  const cards = new Map([...page.querySelectorAll("form[data-row]")].map((card) => [card.dataset.row, card]));
  /* The draft of a row that waits or was refused keeps its mark while it is changed. */
  const marks = new Map();
  const addressed = (draft) => draft.api === page.dataset.api;

  const queue = window.sendQueue({
    kind: "form-answers",
    owner: page.dataset.owner,
    label: (draft) => draft.label,
    edit,
    sent: (draft) => addressed(draft) && settle(draft.row),
    refused: (draft) => addressed(draft) && cards.has(draft.row) && say(cards.get(draft.row), draft.why),
  });

  function settle(row) {
    marks.delete(row);
    const card = cards.get(row);
    if (!card) return;
    card.remove();
    cards.delete(row);
    page.querySelector("[data-answers-done]").hidden = cards.size > 0;
  }

  function say(card, sentence) {
    const place = card.querySelector("[data-said]");
    place.textContent = sentence;
    place.hidden = !sentence;
  }

  function cells(card) {
    return [...card.querySelectorAll("[name^=cell_]")].map((input) => {
      const [, row, column] = input.name.split("_");
      const seen = card.elements[`seen_${input.name}`].value;
      return { row: Number(row), column: Number(column), value: input.value.trim(), seen };
    });
  }

  function fill(card, draft) {
    for (const { row, column, value } of draft.body.answers) {
      const input = card.elements[`cell_${row}_${column}`];
      if (input) input.value = value;
    }
    marks.set(draft.row, draft.mark);
  }

  function edit(draft) {
    const card = addressed(draft) && cards.get(draft.row);
    /* Of another form or a further page: its own page brings it. */
    if (!card) return window.location.assign(draft.page);
    fill(card, draft);
    card.scrollIntoView();
    card.querySelector("[name^=cell_]").focus();
  }

  async function kept(event) {
    event.preventDefault();
    const card = event.currentTarget;
    const { row, label } = card.dataset;
    const answers = cells(card).filter(({ value, seen }) => value !== seen);
    if (!answers.length) return say(card, word("wordNothing"));
    const mark = marks.get(row) || queue.mark();
    marks.set(row, mark);
    const here = window.location.pathname + window.location.search;
    const draft = await queue.put({ mark, api: page.dataset.api, body: { answers }, row, label, page: here });
    const { state, why } = await queue.send(draft);
    if (state === "sent") queue.say(word("wordDone"));
    else if (state !== "refused") say(card, why || word((await queue.usable()) ? "wordKept" : "wordStays"));
  }

  for (const card of cards.values()) card.addEventListener("submit", kept);
  /* What waits from before stands in its row, with why it was refused. */
  queue.all().then((drafts) => {
    for (const draft of drafts.filter(addressed)) {
      const card = cards.get(draft.row);
      if (!card) continue;
      fill(card, draft);
      say(card, draft.why || word("wordKept"));
    }
  });
  navigator.serviceWorker?.register(page.dataset.worker, { scope: page.dataset.scope }).catch(() => {});
})();
