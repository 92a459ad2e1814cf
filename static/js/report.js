/* The report form on a phone: two screens, photos, sending through the queue, one's own position.
   Without this file the same form is one page. */
"use strict";

(() => {
  const form = document.getElementById("report-form");
  if (!form || !window.sendQueue) return;
  const word = (name) => form.dataset[name] || "";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  /* --- Two screens --------------------------------------------------------------------------- */

  const [next, back, send] = ["next", "back", "send"].map((name) => $(`[data-${name}]`));
  const progress = $("[data-progress]");
  let current = "what";

  function show(name, focus) {
    current = name;
    for (const screen of $$("[data-screen]", form)) {
      screen.classList.toggle("screen-off", screen.dataset.screen !== name);
    }
    const asks = $("[data-asks]", form);
    if (asks) asks.classList.toggle("screen-off", name === "what");
    next.hidden = name !== "what";
    back.hidden = name === "what";
    send.hidden = name === "what";
    progress.hidden = false;
    $("[data-progress-now]").textContent = name === "what" ? "1" : "2";
    if (focus) {
      $(`[data-screen="${name}"] h2`, form).focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
  }

  /* A sentence at its field, which the field itself names, so that it is read out with it. */
  function complain(where, sentence) {
    const field = where.closest(".field");
    field.classList.add("field-wrong");
    let list = $(".errorlist", field);
    if (!list) {
      list = document.createElement("ul");
      list.className = "errorlist";
      list.id = `wrong-${where.id || where.name || "photos"}`;
      where.before(list);
    }
    list.replaceChildren(Object.assign(document.createElement("li"), { textContent: sentence }));
    const named = $("fieldset, textarea, input:not([type=hidden])", field);
    if (!named) return;
    const told = (named.getAttribute("aria-describedby") || "").split(" ");
    named.setAttribute("aria-describedby", [...new Set([list.id, ...told])].join(" ").trim());
    if (named.tagName !== "FIELDSET") named.setAttribute("aria-invalid", "true");
  }

  function forgive(where) {
    const field = where.closest(".field");
    field.classList.remove("field-wrong");
    $(".errorlist", field)?.remove();
    for (const named of $$("[aria-describedby*=wrong-]", field)) {
      const told = named.getAttribute("aria-describedby").split(" ");
      const left = told.filter((id) => !id.startsWith("wrong-")).join(" ");
      if (left) named.setAttribute("aria-describedby", left);
      else named.removeAttribute("aria-describedby");
      named.removeAttribute("aria-invalid");
    }
  }

  const kinds = $("#kinds");
  const words = form.elements.text;

  function firstScreenIsWhole() {
    const kind = $("input:checked", kinds);
    if (kind) forgive(kinds);
    else complain($(".search-line", kinds.parentElement), word("wordKind"));
    const said = words.value.trim().length > 0;
    if (said) forgive(words);
    else complain(words, word("wordText"));
    if (!kind || !said) window.portal.showFirstError($("[data-screen=what]", form));
    return Boolean(kind) && said;
  }

  kinds.addEventListener("change", () => forgive(kinds));

  /* A proposed kind is chosen with one tap; nothing is proposed that is chosen already. */
  $("#likely")?.addEventListener("click", (event) => {
    const button = event.target.closest("[data-kind]");
    if (!button) return;
    event.preventDefault();
    let field = $$("input[name=category]", kinds).find((one) => one.value === button.dataset.kind);
    if (!field) {
      const option = Object.assign(document.createElement("label"), { className: "kind-option" });
      field = Object.assign(document.createElement("input"), {
        type: "radio", name: "category", value: button.dataset.kind,
      });
      option.append(field, ...[...button.childNodes].map((node) => node.cloneNode(true)));
      kinds.prepend(option);
    }
    field.checked = true;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.closest("label").scrollIntoView({ block: "nearest" });
    $("#likely").replaceChildren();
  });
  words.addEventListener("input", () => words.value.trim() && forgive(words));

  next.addEventListener("click", () => {
    if (!firstScreenIsWhole()) return;
    history.pushState({ screen: "where" }, "");
    show("where", true);
  });
  back.addEventListener("click", () => {
    if (history.state?.screen === "where") history.back();
    else show("what", true);
  });
  window.addEventListener("popstate", (event) => show(event.state?.screen || "what", true));

  // Enter in a search searches; it never sends the form.
  for (const search of $$("input[type=search]", form)) {
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
  }

  /* --- Photos ---------------------------------------------------------------------------------
     Each is made small and read as soon as it is chosen. With an account it is uploaded at once, one
     after the other; without one it goes once the question is answered. */

  const list = $("[data-photos]");
  const inputs = $$("input[type=file]", form);
  const most = Number(form.dataset.mostPhotos);
  const url = form.dataset.uploadUrl;
  const files = new Map(); // <li> -> {name, type, bytes, id}
  const reading = new Set();
  let uploads = Promise.resolve();
  let stop = new AbortController();

  function entry(name) {
    const item = document.createElement("li");
    item.className = "report-photo";
    const label = document.createElement("span");
    label.className = "photo-video";
    label.textContent = name;
    item.append(label);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "photo-remove";
    remove.setAttribute("aria-label", `${word("wordRemove")} ${name}`);
    remove.append($("template[data-cross]").content.cloneNode(true));
    remove.addEventListener("click", () => {
      files.delete(item);
      item.remove();
      saveMore();
    });
    item.append(remove);
    list.append(item);
    return item;
  }

  function picture(item, source, name) {
    // Shown once it is there: not every browser knows every kind of picture.
    const shown = Object.assign(document.createElement("img"), { alt: name });
    shown.addEventListener("load", () => $(".photo-video, img", item)?.replaceWith(shown));
    shown.src = source;
  }

  function hold(item, file) {
    files.set(item, file);
    if (!file.type.startsWith("image/")) return;
    picture(item, URL.createObjectURL(new Blob([file.bytes], { type: file.type })), file.name);
  }

  function note(item, sentence, retry) {
    $(".photo-note, .photo-retry", item)?.remove();
    if (!sentence) return;
    const mark = document.createElement(retry ? "button" : "span");
    mark.className = retry ? "photo-retry" : "photo-note";
    mark.textContent = sentence;
    if (retry) {
      mark.type = "button";
      mark.addEventListener("click", retry);
    }
    item.append(mark);
  }

  const percent = (item, value) => item && note(item, `${word("wordUploading")} ${value}%`);

  function begin(item) {
    uploads = uploads.then(() => upload(item));
  }

  async function upload(item) {
    const file = files.get(item);
    if (!file || file.id || stop.signal.aborted) return;
    item.classList.add("photo-busy");
    item.classList.remove("photo-failed");
    percent(item, 0);
    try {
      const { token } = await window.sendQueue.session();
      const { signal } = stop;
      const progress = (value) => percent(item, value);
      const answer = await window.sendQueue.upload({ address: url, file, token, progress, signal });
      const told = answer.body;
      if (window.sendQueue.arrived(answer) && told.id) {
        file.id = told.id;
        note(item, "");
        saveMore();
      } else if (answer.status < 500 && answer.status !== 429) {
        files.delete(item);
        item.classList.add("photo-failed");
        note(item, told.errors?.file?.[0] || told.detail || word("wordRetry"));
      } else failed(item);
    } catch {
      failed(item);
    }
    item.classList.remove("photo-busy");
  }

  /* It is sent with the report in any case. */
  function failed(item) {
    if (stop.signal.aborted) return;
    item.classList.add("photo-failed");
    note(item, word("wordRetry"), () => begin(item));
  }

  async function take(item, file) {
    item.classList.add("photo-busy");
    try {
      hold(item, await window.photos.chosen(file));
      if (url) begin(item);
    } catch {
      item.classList.add("photo-failed");
      note(item, word("wordUnreadable"));
    }
    item.classList.remove("photo-busy");
  }

  for (const input of inputs) {
    input.addEventListener("change", () => {
      const chosen = [...input.files];
      const free = most - list.children.length;
      if (chosen.length > free) complain(list, word("wordTooMany"));
      else forgive(list);
      for (const file of chosen.slice(0, Math.max(0, free))) {
        const work = take(entry(file.name), file).finally(() => reading.delete(work));
        reading.add(work);
      }
      input.value = "";
    });
  }

  list.addEventListener("click", (event) => {
    // A photo that the page itself showed: no need to ask the server.
    const button = event.target.closest("button[name=do]");
    if (!button) return;
    event.preventDefault();
    button.closest("li").remove();
    saveMore();
  });

  /* --- Sending --------------------------------------------------------------------------------- */

  const WORDS = ["unit", "category", "text", "spot", "contact_name", "contact_phone", "outside_number"];
  const isPublic = !url;
  let mark = "";
  let ticket = form.elements.ticket?.value || "";

  const queue = window.sendQueue({
    kind: form.dataset.draft,
    owner: form.dataset.owner || "",
    label: (draft) => [draft.kindName, draft.place, draft.body.text].filter(Boolean).join(" · "),
    prepare: isPublic ? answered : null,
    edit,
    sent: arrived,
    address: pageOf,
  });

  function pageOf(answer) {
    return form.dataset.sentUrl.replace("NUMBER", encodeURIComponent(answer.number));
  }

  /* The page still shows what has arrived: at once, or later where the browser could not keep it. */
  function arrived(draft, answer) {
    if (draft.mark !== mark) return;
    forgetTyped();
    location.assign(pageOf(answer));
  }

  /* The ticket of a passer-by's report and its photos: given once the question is answered. */
  async function answered(draft, post) {
    if (draft.body.ticket) return null;
    const answer = await post(form.dataset.ticketApi, draft.question);
    if (window.sendQueue.arrived(answer)) {
      draft.body.ticket = answer.body.ticket;
      draft.fields = { ticket: answer.body.ticket };
    }
    return answer;
  }

  async function newQuestion() {
    ticket = "";
    const answer = await fetch(form.dataset.questionApi, { cache: "no-store" }).catch(() => null);
    if (!answer?.ok) return;
    const { question, token } = await answer.json();
    form.elements.token.value = token;
    form.elements.answer.value = "";
    $("label[for=id_answer]", form).textContent = question;
  }

  function drafted() {
    const data = new FormData(form);
    const body = {};
    for (const name of WORDS) {
      if (data.get(name)?.trim()) body[name] = data.get(name).trim();
    }
    // A road or landmark stands behind an @; what it says is in the fields beside.
    if (body.unit) [body.unit] = body.unit.split("@");
    if (data.get("hide_name")) body.hide_name = true;
    for (const name of ["lon", "lat"]) {
      if (data.get(name)) body[name] = Number(data.get(name));
    }
    if (data.get("received_at")) body.received_at = new Date(data.get("received_at")).toISOString();
    if (data.getAll("attachment").length) body.attachments = data.getAll("attachment");
    if (ticket) body.ticket = ticket;
    const chosen = (name) => $(`input[name=${name}]:checked`, form);
    return {
      mark: mark || queue.mark(),
      api: form.dataset.api,
      upload: form.dataset.queueUpload,
      body,
      fields: ticket ? { ticket } : {},
      files: [...list.children].map((item) => files.get(item)).filter(Boolean),
      question: isPublic && !ticket ? { token: data.get("token"), answer: data.get("answer") } : null,
      kindName: chosen("category")?.closest("label").innerText.trim() || "",
      place: chosen("unit")?.dataset.label || "",
    };
  }

  function secondScreenIsWhole() {
    const wrong = [];
    const need = (where, isThere, sentence) => {
      if (isThere) return forgive(where);
      complain(where, sentence);
      wrong.push(where);
      return null;
    };
    need($("[data-near]", form), $("input[name=unit]:checked", form), word("wordPlace"));
    const { contact_phone: phone, answer } = form.elements;
    if (isPublic) need(phone, phone.value.trim(), word("wordPhone"));
    if (isPublic && !ticket) need(answer, answer.value.trim(), word("wordAnswer"));
    if (wrong.length) window.portal.showFirstError($("[data-screen=where]", form));
    return !wrong.length;
  }

  /* What the server refused, each at its field. */
  function showRefusal(problem, why) {
    const places = { category: kinds, unit: $("[data-near]", form), attachments: list, file: list };
    let first = null;
    for (const [name, sentences] of Object.entries(problem?.errors || {})) {
      const where = places[name] || form.elements[name];
      if (!where?.closest?.(".field")) continue;
      complain(where, [sentences].flat().join(" "));
      first ??= where;
    }
    if (!first) return queue.say(why);
    queue.say("");
    show(first.closest("[data-screen]").dataset.screen, false);
    window.portal.showFirstError(first.closest("[data-screen]"));
    return null;
  }

  function busy(is) {
    send.setAttribute("aria-disabled", is);
    send.toggleAttribute("data-busy", is);
    document.documentElement.classList.toggle("slow", is);
  }

  function forgetTyped() {
    try {
      localStorage.removeItem(key);
      localStorage.removeItem(`draft:${document.body.dataset.owner || ""}:${form.dataset.draft}`);
    } catch {
      /* no storage */
    }
  }

  function fresh() {
    form.reset();
    list.replaceChildren();
    files.clear();
    mark = "";
    ticket = "";
    stop = new AbortController();
    forgetTyped();
    if (isPublic) newQuestion();
    show("what", false);
  }

  async function sendDraft() {
    await Promise.allSettled([...reading]);
    stop.abort(); // what is under way goes with the report, one by one
    await uploads;
    const draft = await queue.put(drafted());
    mark = draft.mark;
    const items = new Map([...files].map(([item, file]) => [file, item]));
    const { state, problem, why } = await queue.send(draft, (file, value) =>
      percent(items.get(file), value),
    );
    ticket = draft.body.ticket || "";
    if (state === "sent") return; // `arrived` leaves the page
    if (state === "refused") {
      queue.hold(mark);
      if (problem?.errors?.answer) await newQuestion();
      showRefusal(problem, why);
    } else if (await queue.usable()) {
      fresh();
      queue.say(why || word("wordKept"));
    } else queue.say(why || word("wordStays"));
    stop = new AbortController();
  }

  let sending = false;
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.hasAttribute("data-leaves-form")) return; // following a neighbour's report
    event.preventDefault(); // a search searches as one types; whatever is sent goes through the queue
    const isSend = event.submitter?.value === "send";
    if (!isSend || sending || !firstScreenIsWhole() || !secondScreenIsWhole()) {
      if (isSend && $("[data-screen=what] .field-wrong", form)) show("what", false);
      return;
    }
    sending = true;
    busy(true);
    try {
      await sendDraft();
    } finally {
      sending = false;
      busy(false);
    }
  });

  /* Back into the form; it stays in the store until it is sent anew or dropped. */
  function edit(draft) {
    form.reset();
    list.replaceChildren();
    files.clear();
    mark = draft.mark;
    ticket = draft.body.ticket || "";
    for (const name of ["text", "spot", "contact_name", "contact_phone", "outside_number", "lon", "lat"]) {
      if (form.elements[name]) form.elements[name].value = draft.body[name] ?? "";
    }
    form.elements.hide_name.checked = Boolean(draft.body.hide_name);
    const kind = $$("input[name=category]", kinds).find((field) => field.value === draft.body.category);
    if (kind) kind.checked = true;
    if (draft.body.unit) choose(draft.body.unit, draft.place);
    for (const file of draft.files) hold(entry(file.name), file);
    if (isPublic && !ticket) newQuestion();
    show("what", true);
  }

  /* --- What the draft keeps beside the typed text: photos on the server, a place found by search */

  const key = `draft:${document.body.dataset.owner || ""}:report-more`;

  /* A photo that is on the server already. */
  function keep(item, id) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "attachment";
    field.value = id;
    item.dataset.photo = id;
    item.append(field);
  }

  function saveMore() {
    if (!url) return;
    const place = $("input[name=unit]:checked", form);
    const more = {
      photos: [...list.children].map((item) => files.get(item)?.id || item.dataset.photo).filter(Boolean),
      place: place ? [place.value, place.dataset.label] : null,
    };
    try {
      localStorage.setItem(key, JSON.stringify(more));
    } catch {
      /* no storage: then there is no draft */
    }
  }

  function restoreMore() {
    let more = null;
    try {
      more = JSON.parse(localStorage.getItem(key) || "null");
    } catch {
      return;
    }
    if (!url || !more || !("fresh" in form.dataset)) return;
    for (const id of more.photos || []) {
      const item = entry("");
      const source = form.dataset.photoUrl.replace("00000000-0000-0000-0000-000000000000", id);
      keep(item, id);
      picture(item, source, "");
    }
    if (more.place && !("placeGiven" in form.dataset)) choose(more.place[0], more.place[1]);
  }

  function choose(code, label) {
    const known = $$("input[name=unit]", form).find((field) => field.value === code);
    if (known) {
      known.checked = true;
      return;
    }
    const item = document.createElement("li");
    const option = Object.assign(document.createElement("label"), { className: "place-option" });
    const field = Object.assign(document.createElement("input"), {
      type: "radio", name: "unit", value: code, checked: true,
    });
    field.dataset.label = label;
    const name = Object.assign(document.createElement("span"), { textContent: label });
    option.append(field, name);
    item.append(option);
    $("[data-near]").append(item);
  }

  // A place found by a search stays when the next search replaces what was found.
  // A road or landmark says where exactly it is; whoever then chooses another place takes that back.
  let told = {};
  $("#places").addEventListener("change", (event) => {
    const field = event.target;
    if (field.name !== "unit") return;
    saveMore();
    const { spot } = form.elements;
    if (told.spot && spot.value === told.spot) spot.value = "";
    if (told.lon && lon.value === told.lon) lon.value = lat.value = said.textContent = "";
    told = { ...field.dataset };
    if (told.spot && !spot.value) spot.value = told.spot;
    if (told.lon && !lon.value) set(Number(told.lon), Number(told.lat));
    if (!field.closest("#found-places")) return;
    const { value, dataset } = field;
    $("#found-places").replaceChildren();
    $("#place-words").value = "";
    choose(value, dataset.label);
    $("[data-near] input:checked", form).focus();
  });

  /* --- The exact spot -------------------------------------------------------------------------- */

  const exact = $("[data-exact]");
  const said = $("[data-located]");
  const [lon, lat] = [form.elements.lon, form.elements.lat];
  exact.hidden = false;

  function set(longitude, latitude) {
    lon.value = longitude.toFixed(6);
    lat.value = latitude.toFixed(6);
    said.textContent = word("wordLocated");
    lon.dispatchEvent(new Event("input", { bubbles: true }));
  }

  $("[data-locate]").addEventListener("click", () => {
    if (!navigator.geolocation) {
      said.textContent = word("wordRefused");
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        set(coords.longitude, coords.latitude);
        // The nearest compounds are offered; a hundred metres are enough for that.
        const near = `lon=${coords.longitude.toFixed(3)}&lat=${coords.latitude.toFixed(3)}`;
        window.htmx.ajax("GET", `${form.dataset.placesUrl}?${near}`, "#found-places");
      },
      () => { said.textContent = word("wordRefused"); },
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });

  function load(tag, values) {
    return new Promise((resolve, reject) => {
      const element = Object.assign(document.createElement(tag), values);
      element.addEventListener("load", resolve);
      element.addEventListener("error", reject);
      document.head.append(element);
    });
  }

  $("[data-map-open]")?.addEventListener("click", async (event) => {
    event.currentTarget.disabled = true;
    await load("link", { rel: "stylesheet", href: form.dataset.leafletCss });
    await load("script", { src: form.dataset.leafletJs });
    await load("script", { src: form.dataset.gcoordJs });
    // Tiles of Chinese providers are drawn in GCJ-02; what is kept is WGS-84.
    const { GCJ02, WGS84, transform } = window.gcoord;
    const drawn = form.dataset.mapDatum === "gcj02" ? GCJ02 : WGS84;
    const box = $("[data-map]");
    box.hidden = false;
    const known = lat.value && lon.value
      ? [Number(lat.value), Number(lon.value)]
      : (form.dataset.mapCentre || "30.45,114.87").split(",").map(Number);
    const centre = transform(known.reverse(), WGS84, drawn).reverse();
    const map = window.L.map(box).setView(centre, 16);
    for (const tiles of form.dataset.mapTiles.split(" ")) {
      window.L.tileLayer(tiles, { maxZoom: 18, subdomains: "01234567" }).addTo(map);
    }
    let mark = lat.value ? window.L.circleMarker(centre).addTo(map) : null;
    map.on("click", ({ latlng }) => {
      const point = latlng.wrap();
      set(...transform([point.lng, point.lat], drawn, WGS84));
      if (mark) mark.setLatLng(point);
      else mark = window.L.circleMarker(point).addTo(map);
    });
  });

  /* --- Start ------------------------------------------------------------------------------------ */

  restoreMore();
  const wrong = $(".field-wrong", form)?.closest("[data-screen]");
  if ($("[data-asks]", form)) show("where", false);
  else show(wrong ? wrong.dataset.screen : "what", false);
  if (wrong) window.portal.showFirstError(wrong);
})();
