/* The report form on a phone: two screens, photos uploaded at once, one's own position.
   Without this file the same form is one page. */
"use strict";

(() => {
  const form = document.getElementById("report-form");
  if (!form) return;
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

  function complain(where, sentence) {
    const field = where.closest(".field");
    field.classList.add("field-wrong");
    let list = $(".errorlist", field);
    if (!list) {
      list = document.createElement("ul");
      list.className = "errorlist";
      list.setAttribute("role", "alert");
      where.before(list);
    }
    list.replaceChildren(Object.assign(document.createElement("li"), { textContent: sentence }));
  }

  function forgive(where) {
    const field = where.closest(".field");
    field.classList.remove("field-wrong");
    $(".errorlist", field)?.remove();
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
    if (!kind) kinds.parentElement.scrollIntoView({ block: "start" });
    else if (!said) words.focus();
    return Boolean(kind) && said;
  }

  kinds.addEventListener("change", () => forgive(kinds));
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
     With an account each photo is uploaded as soon as it is chosen, and its id is kept in the draft;
     without one the files travel with the form. */

  const list = $("[data-photos]");
  const inputs = $$("input[type=file]", form);
  const most = Number(form.dataset.mostPhotos);
  const url = form.dataset.uploadUrl;
  const waiting = new Set();
  const unsent = new Map(); // <li> -> File

  function entry(file) {
    const item = document.createElement("li");
    item.className = "report-photo photo-busy";
    const name = document.createElement("span");
    name.className = "photo-video";
    name.textContent = file.name;
    item.append(name);
    if (file.type.startsWith("image/")) picture(item, URL.createObjectURL(file), file.name);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "photo-remove";
    remove.setAttribute("aria-label", `${word("wordRemove")} ${file.name}`);
    remove.append($("template[data-cross]").content.cloneNode(true));
    remove.addEventListener("click", () => {
      unsent.delete(item);
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

  async function upload(item, file) {
    item.classList.add("photo-busy");
    item.classList.remove("photo-failed");
    note(item, `${word("wordUploading")} …`);
    const body = new FormData();
    body.append("file", file);
    try {
      const answer = await fetch(url, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
      });
      const told = await answer.json().catch(() => ({}));
      if (answer.ok && told.id) {
        unsent.delete(item);
        keep(item, told.id);
        if (told.thumbnail) picture(item, told.thumbnail, file.name);
        note(item, "");
      } else if (answer.status < 500) {
        unsent.delete(item);
        item.classList.add("photo-failed");
        note(item, told.errors?.file?.[0] || told.detail || word("wordRetry"));
      } else {
        failed(item, file);
      }
    } catch {
      failed(item, file);
    }
    item.classList.remove("photo-busy");
  }

  function failed(item, file) {
    unsent.set(item, file);
    item.classList.add("photo-failed");
    note(item, word("wordRetry"), () => begin(item, file));
  }

  function begin(item, file) {
    const work = upload(item, file).finally(() => waiting.delete(work));
    waiting.add(work);
  }

  function keep(item, id) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "attachment";
    field.value = id;
    item.dataset.photo = id;
    item.append(field);
    saveMore();
  }

  function carry() {
    // Files that are not on the server yet travel with the form itself.
    const parcel = new DataTransfer();
    for (const file of unsent.values()) parcel.items.add(file);
    inputs[0].files = parcel.files;
    for (const other of inputs.slice(1)) other.value = "";
  }

  for (const input of inputs) {
    input.addEventListener("change", () => {
      const files = [...input.files];
      const free = most - list.children.length;
      if (files.length > free) complain(list, word("wordTooMany"));
      else forgive(list);
      for (const file of files.slice(0, Math.max(0, free))) {
        const item = entry(file);
        unsent.set(item, file);
        if (url) begin(item, file);
        else item.classList.remove("photo-busy");
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

  form.addEventListener("submit", (event) => {
    if (waiting.size) {
      event.preventDefault();
      const button = event.submitter;
      Promise.allSettled([...waiting]).then(() => form.requestSubmit(button || undefined));
      return;
    }
    carry();
  });

  /* --- What the draft keeps beside the typed text: photos on the server, a place found by search */

  const key = `draft:${document.body.dataset.owner || ""}:report-more`;

  function saveMore() {
    if (!url) return;
    const place = $("input[name=unit]:checked", form);
    const more = {
      photos: $$("input[name=attachment]", list).map((field) => field.value),
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
      const item = entry({ name: "", type: "" });
      const source = form.dataset.photoUrl.replace("00000000-0000-0000-0000-000000000000", id);
      item.classList.remove("photo-busy");
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
  $("#places").addEventListener("change", (event) => {
    const field = event.target;
    if (field.name !== "unit") return;
    saveMore();
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
      ({ coords }) => set(coords.longitude, coords.latitude),
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
    window.L.tileLayer(form.dataset.mapTiles).addTo(map);
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
  if (wrong) $(".field-wrong", form).scrollIntoView({ block: "center" });
})();
