/* A patrol without a network: what is kept waits in this browser and is sent once, by its mark.
   Without this file the form is sent as any other. */
"use strict";

(() => {
  const form = document.getElementById("patrol-form");
  if (!form || !window.indexedDB) return;
  const word = (name) => form.dataset[name];
  const $ = (id) => document.getElementById(id);
  const owner = form.dataset.owner;

  /* --- Drafts: one store, a row for each mark ------------------------------------------------- */

  const opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open("patrols", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("drafts", { keyPath: "event_id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

  async function store(mode, work) {
    const database = await opened;
    return new Promise((resolve, reject) => {
      const change = database.transaction("drafts", mode);
      const asked = work(change.objectStore("drafts"));
      change.oncomplete = () => resolve(asked.result);
      change.onerror = () => reject(change.error);
    });
  }

  const put = (draft) => store("readwrite", (rows) => rows.put(draft));
  const remove = (mark) => store("readwrite", (rows) => rows.delete(mark));
  const mine = async () =>
    (await store("readonly", (rows) => rows.getAll())).filter((draft) => draft.owner === owner);

  /* --- Sending -------------------------------------------------------------------------------- */

  function token() {
    const found = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return found ? found[1] : "";
  }

  function post(address, body, json) {
    const headers = { "X-CSRFToken": token(), Accept: "application/json" };
    if (json) headers["Content-Type"] = "application/json";
    return fetch(address, { method: "POST", headers, body: json ? JSON.stringify(body) : body });
  }

  async function upload(draft) {
    while (draft.photos.length) {
      const body = new FormData();
      body.append("file", draft.photos[0], draft.photos[0].name || "photo.jpg");
      const answer = await post(form.dataset.upload, body);
      if (!answer.ok) return answer;
      draft.body.attachments.push((await answer.json()).id);
      draft.photos.shift();
      await put(draft);
    }
    return null;
  }

  function why(problem) {
    const fields = Object.values(problem.errors || {}).flat().join(" ");
    return fields || problem.detail || word("wordRefused");
  }

  /* True when it arrived; false when it waits on: no network, signed out, refused. */
  async function send(draft) {
    let answer;
    try {
      answer = (await upload(draft)) || (await post(form.dataset.api, draft.body, true));
    } catch (lost) {
      return false;
    }
    if (answer.ok) {
      await remove(draft.event_id);
      return true;
    }
    draft.signedOut = answer.status === 401 || answer.status === 403;
    draft.why = draft.signedOut
      ? word("wordSignedOut")
      : await answer.json().then(why, () => word("wordRefused"));
    await put(draft);
    return false;
  }

  let sending = false;
  async function sendAll() {
    if (sending) return;
    sending = true;
    let sent = 0;
    for (const draft of await mine()) sent += await send(draft);
    sending = false;
    if (sent) say(word("wordSent"));
    await show();
  }

  /* --- What is seen --------------------------------------------------------------------------- */

  function say(sentence) {
    $("said").textContent = sentence;
    $("said").hidden = false;
    window.scrollTo(0, 0);
  }

  function button(label, work) {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: label });
    made.className = "button button-small";
    made.addEventListener("click", work);
    return made;
  }

  function row(draft) {
    const item = document.createElement("li");
    const what = document.createElement("span");
    what.textContent = `${draft.place} ${draft.body.finding || ""}`.trim();
    item.append(what, button(word("wordEdit"), () => edit(draft)));
    item.append(button(word("wordDiscard"), async () => (await remove(draft.event_id), show())));
    if (draft.why) {
      const reason = Object.assign(document.createElement("span"), { textContent: draft.why });
      reason.className = "draft-why";
      item.append(reason);
    }
    return item;
  }

  async function show() {
    const drafts = await mine();
    $("drafts").hidden = !drafts.length;
    $("draft-count").textContent = drafts.length;
    $("draft-list").replaceChildren(...drafts.map(row));
    $("offline").hidden = navigator.onLine;
  }

  /* --- The form ------------------------------------------------------------------------------- */

  const mark = () => crypto.randomUUID?.() || URL.createObjectURL(new Blob()).slice(-36);

  /* Photos of a draft under way again that have arrived already. */
  let carried = [];
  /* When the round was that is written down anew. */
  let at = "";

  function fresh() {
    form.reset();
    carried = [];
    at = "";
    form.elements.event_id.value = mark();
  }

  function drafted() {
    const data = new FormData(form);
    const body = { items: data.getAll("items"), attachments: [...carried], at: at || new Date().toISOString() };
    for (const name of ["unit", "finding", "category", "advice", "due_on", "lon", "lat", "event_id"]) {
      if (data.get(name)) body[name] = data.get(name);
    }
    const photos = data.getAll("photos").filter((file) => file.size);
    const chosen = form.elements.unit.selectedOptions[0];
    return { event_id: body.event_id, owner, body, photos, place: chosen.textContent, why: "" };
  }

  async function edit(draft) {
    for (const [name, value] of Object.entries(draft.body)) {
      const field = form.elements[name];
      if (name === "items") {
        for (const box of form.elements.items) box.checked = value.includes(box.value);
      } else if (field) field.value = value;
    }
    const files = new DataTransfer();
    for (const photo of draft.photos) files.items.add(photo);
    form.elements.photos.files = files.files;
    carried = draft.body.attachments;
    /* It stays in the store, with its time, until the server has it. */
    at = draft.body.at;
    form.scrollIntoView();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const draft = drafted();
    await put(draft);
    if (await send(draft)) {
      say(word("wordSent"));
      fresh();
    } else if (!draft.why || draft.signedOut) {
      say(draft.why || word("wordKept"));
      fresh();
    } else {
      /* What was refused is still in the form, and in the store until the server has it. */
      at = draft.body.at;
      say(draft.why);
    }
    await show();
  });
  $("send-all").addEventListener("click", sendAll);
  window.addEventListener("online", sendAll);
  window.addEventListener("offline", show);
  /* A form that was kept on the phone brings an old mark: each round has its own. */
  if (!document.querySelector(".errorlist")) form.elements.event_id.value = mark();
  navigator.serviceWorker?.register(form.dataset.worker, { scope: "/patrols/" });
  show().then(() => navigator.onLine && sendAll());
})();
