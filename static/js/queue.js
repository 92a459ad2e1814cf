/* What is sent where there is no line waits in this browser, and is sent once when there is one again.

   A page loads `vendor/idb/umd.js` and this file, shows `components/waiting.html` and says:

     const queue = window.sendQueue({
       kind: "patrol",                  // whose drafts: each client sees only its own
       owner: "17",                     // key of the account; "" binds drafts to this browser alone
       label: (draft) => "…",           // the line that a person knows a draft by
       prepare: async (draft, post) => problem || null,  // optional: before the files (a ticket, say)
       edit: (draft) => {},             // optional: puts a draft back into the form
       sent: (draft, answer) => {},     // optional: after one arrived
       address: (answer) => "…",        // optional: the page of what arrived, to which a line then leads
       refused: (draft) => {},          // optional: after one was not taken; `draft.why` says why
     });

     await queue.usable()               // false: no storage here; the page stays open and says so
     queue.mark()                       // a new mark: the Idempotency-Key under which a draft is sent once
     await queue.read(file)             // {name, type, bytes}: read now, for the file may be gone later
     await queue.put({mark, api, body, upload, files, at})
     await queue.send(draft)            // {state, answer, problem}; state: sent, waiting, signed-out, refused
     await queue.sendAll(); await queue.all(); await queue.drop(mark); queue.hold(mark); queue.say(words)

   A draft: `api` takes `body` as JSON; before that each of `files` goes to `upload` (default: attachments),
   and its id joins `body.attachments`. A file that has arrived has its `id` and is not sent again. Drafts go by themselves when the
   page opens, when the line returns, and when the page is looked at again. */
"use strict";

(() => {
  const SESSION = "/api/v1/session/";
  const ATTACHMENTS = "/api/v1/attachments/";
  const ANSWER_WITHIN = 30_000; // milliseconds
  const STALLS_AFTER = 60_000; // a file that makes no progress

  /* --- Storage: one row a draft ----------------------------------------------------------------- */

  let opened = null;
  function database() {
    opened ??= window.idb
      .openDB("queue", 1, {
        upgrade: (fresh) => fresh.createObjectStore("drafts", { keyPath: "mark" }),
      })
      .catch(() => null);
    return opened;
  }

  const usable = async () => Boolean(window.idb && window.indexedDB && (await database()));

  /* A mark that is a UUID; crypto.randomUUID exists on secure pages only. */
  function mark() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return digits.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  }

  async function read(file) {
    return { name: file.name || "photo.jpg", type: file.type, bytes: await file.arrayBuffer() };
  }

  /* --- The line --------------------------------------------------------------------------------- */

  class NoLine extends Error {}

  async function fetched(address, options = {}) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), ANSWER_WITHIN);
    try {
      const answer = await fetch(address, { ...options, signal: stop.signal, cache: "no-store" });
      const text = await answer.text();
      return { status: answer.status, body: text ? JSON.parse(text) : {} };
    } catch {
      // No network, no answer in time, or somebody else's page (a hotel's door to its network).
      throw new NoLine();
    } finally {
      clearTimeout(timer);
    }
  }

  /* Who is signed in here, and a fresh token: both change while a draft waits. */
  async function session() {
    const { status, body } = await fetched(SESSION, { headers: { Accept: "application/json" } });
    if (status !== 200 || !body.token) throw new NoLine();
    return body;
  }

  function poster(token) {
    return (address, body, key) => {
      const headers = {
        "X-CSRFToken": token, "Content-Type": "application/json", Accept: "application/json",
      };
      if (key) headers["Idempotency-Key"] = key;
      return fetched(address, { method: "POST", headers, body: JSON.stringify(body) });
    };
  }

  /* One file with its progress in percent; fetch cannot tell it. */
  function upload({ address, file, fields = {}, token, progress, signal }) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const lost = () => reject(new NoLine());
      let timer = setTimeout(() => request.abort(), STALLS_AFTER);
      request.open("POST", address);
      request.setRequestHeader("X-CSRFToken", token);
      request.setRequestHeader("Accept", "application/json");
      request.upload.onprogress = ({ loaded, total }) => {
        clearTimeout(timer);
        timer = setTimeout(() => request.abort(), STALLS_AFTER);
        progress?.(total ? Math.round((100 * loaded) / total) : 0);
      };
      request.onload = () => {
        try {
          resolve({ status: request.status, body: JSON.parse(request.responseText || "{}") });
        } catch {
          lost();
        }
      };
      request.onerror = lost;
      request.onabort = lost;
      request.onloadend = () => clearTimeout(timer);
      signal?.addEventListener("abort", () => request.abort());
      const body = new FormData();
      for (const [name, value] of Object.entries(fields)) body.append(name, value);
      body.append("file", new Blob([file.bytes], { type: file.type }), file.name);
      request.send(body);
    });
  }

  const arrived = ({ status }) => status >= 200 && status < 300;
  const later = ({ status }) => status >= 500 || status === 429 || status === 408;

  /* --- A client's drafts ------------------------------------------------------------------------ */

  function sendQueue({ kind, owner, label, prepare, edit, sent, address, refused }) {
    const panel = document.querySelector("[data-queue]");
    const word = (name) => panel?.dataset[`word${name}`] || "";
    const held = new Set();
    const going = new Set();
    const unstored = new Map(); // where nothing can be stored: for as long as the page is open

    async function all() {
      const kept = (await usable()) ? await (await database()).getAll("drafts") : [...unstored.values()];
      return kept
        .filter((draft) => draft.kind === kind && draft.owner === owner)
        .sort((one, other) => one.at.localeCompare(other.at));
    }

    async function put(draft) {
      const whole = {
        files: [], upload: ATTACHMENTS, at: new Date().toISOString(), why: "", ...draft, kind, owner,
      };
      if (await usable()) {
        await (await database()).put("drafts", whole);
        navigator.storage?.persist?.().catch(() => {});
      } else unstored.set(whole.mark, whole);
      held.delete(whole.mark);
      await show();
      return whole;
    }

    async function store(draft) {
      if (await usable()) await (await database()).put("drafts", draft);
    }

    async function drop(name) {
      held.delete(name);
      unstored.delete(name);
      if (await usable()) await (await database()).delete("drafts", name);
      await show();
    }

    /* Files first, each remembered once it has arrived; then the body, under the draft's mark. */
    async function deliver(draft, progress) {
      const { token, owner: who } = await session();
      if (owner && who !== owner) return { state: "signed-out" };
      const post = poster(token);
      const judged = (answer) => {
        if (later(answer)) return { state: "waiting", problem: answer.body };
        const out = owner && [401, 403].includes(answer.status);
        return { state: out ? "signed-out" : "refused", problem: answer.body };
      };
      const bad = await prepare?.(draft, post);
      if (bad && !arrived(bad)) return judged(bad);
      await store(draft);
      for (const file of draft.files.filter(({ id }) => !id)) {
        const answer = await upload({
          address: draft.upload, file, fields: draft.fields, token,
          progress: (percent) => progress?.(file, percent),
        });
        if (!arrived(answer)) return judged(answer);
        file.id = answer.body.id;
        await store(draft);
      }
      const attachments = [...(draft.body.attachments || []), ...draft.files.map(({ id }) => id)];
      const body = attachments.length ? { ...draft.body, attachments } : draft.body;
      const answer = await post(draft.api, body, draft.mark);
      if (arrived(answer)) return { state: "sent", answer: answer.body };
      if (answer.body.errors?.attachments && draft.files.some(({ id }) => id) && !draft.again) {
        // The server forgets files that no record takes within two days: they go once more.
        draft.again = true;
        for (const file of draft.files) delete file.id;
        return deliver(draft, progress);
      }
      return judged(answer);
    }

    function reason({ state, problem }) {
      if (state === "signed-out") return word("SignedOut");
      if (state !== "refused" && !problem) return "";
    // Its answer was lost, and the draft was changed since: what came first counts, once.
    if (problem?.code === "idempotency_key_reused") return word("ArrivedBefore");
      const fields = Object.values(problem?.errors || {}).flat().join(" ");
      return fields || problem?.detail || word("Refused");
    }

    async function sendOnce(draft, progress) {
      let result = { state: "waiting" };
      try {
        result = await deliver(draft, progress);
      } catch (error) {
        if (!(error instanceof NoLine)) throw error;
      }
      draft.why = reason(result);
      draft.refused = result.state === "refused";
      draft.signedOut = result.state === "signed-out";
      if (result.state !== "sent") await store(draft);
      else {
        await drop(draft.mark);
        sent?.(draft, result.answer);
      }
      if (draft.refused) refused?.(draft);
      return { ...result, why: draft.why };
    }

    /* Never twice at a time: not by a second tap, and not by a second window. */
    async function send(draft, progress) {
      if (going.has(draft.mark)) return { state: "waiting", why: "" };
      going.add(draft.mark);
      await show();
      try {
        const locks = navigator.locks;
        if (!locks) return await sendOnce(draft, progress);
        return await locks.request(`queue:${draft.mark}`, { ifAvailable: true }, (lock) =>
          lock ? sendOnce(draft, progress) : { state: "waiting", why: "" },
        );
      } finally {
        going.delete(draft.mark);
        await show();
      }
    }

    /* What was refused is not tried again by itself. */
    async function sendAll(byHand = false) {
      const links = [];
      for (const draft of await all()) {
        if (held.has(draft.mark) || going.has(draft.mark) || (draft.refused && !byHand)) continue;
        const { state, answer } = await send(draft);
        if (state === "sent") links.push([label(draft), address?.(answer)]);
        if (state === "waiting" || state === "signed-out") break;
      }
      if (links.length) say(word("Sent"), links);
    }

    /* --- What is seen --------------------------------------------------------------------------- */

    function say(sentence, links = []) {
      const place = panel?.querySelector("[data-queue-said]");
      if (!place) return;
      place.textContent = sentence;
      for (const [name, href] of links.filter(([, href]) => href)) {
        place.append(" ", Object.assign(document.createElement("a"), { href, textContent: name }));
      }
      place.hidden = !sentence;
      if (sentence) place.scrollIntoView({ block: "center" });
    }

    function element(tag, className, text) {
      return Object.assign(document.createElement(tag), { className, textContent: text });
    }

    function button(text, work) {
      const made = element("button", "button button-small", text);
      made.type = "button";
      made.addEventListener("click", work);
      return made;
    }

    /* Back on this page what waits is sent by itself. */
    function signIn() {
      const next = encodeURIComponent(location.pathname + location.search);
      const href = `${panel.dataset.signIn}?next=${next}`;
      return Object.assign(element("a", "button button-small", word("SignIn")), { href });
    }

    function row(draft) {
      const item = document.createElement("li");
      const state = going.has(draft.mark) ? word("Sending") : word("Waiting");
      item.append(element("span", "draft-what", label(draft)), element("span", "tag", state));
      if (!going.has(draft.mark)) {
        if (edit) item.append(button(word("Edit"), () => (hold(draft.mark), say(""), edit(draft))));
        const dropped = () => window.confirm(word("DropSure")) && drop(draft.mark);
        item.append(button(word("Drop"), dropped));
      }
      if (draft.why) item.append(element("span", "draft-why", draft.why));
      if (draft.signedOut) item.append(signIn());
      return item;
    }

    async function show() {
      if (!panel) return;
      const drafts = (await usable()) ? await all() : [];
      panel.querySelector("[data-queue-box]").hidden = !drafts.length;
      panel.querySelector("[data-queue-list]").replaceChildren(...drafts.map(row));
      panel.querySelector("[data-queue-offline]").hidden = navigator.onLine;
    }

    /* A draft that is being changed is not sent meanwhile. */
    const hold = (name) => held.add(name);

    panel?.querySelector("[data-queue-send]").addEventListener("click", () => sendAll(true));
    window.addEventListener("online", () => show().then(() => sendAll()));
    window.addEventListener("offline", show);
    document.addEventListener("visibilitychange", () => document.hidden || sendAll());
    show().then(() => navigator.onLine && sendAll());

    return { usable, mark, read, put, send, sendAll, all, drop, hold, say };
  }

  window.sendQueue = Object.assign(sendQueue, { upload, session, read, arrived });
})();
