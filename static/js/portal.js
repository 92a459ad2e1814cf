/* Small comforts. Every page works without this file. */
"use strict";

(() => {
  const DRAFT = "draft:";
  const text = (name) => document.body.dataset[name] || "";
  document.documentElement.classList.add("scripted");

  /* --- Sending once, and showing that something is under way --------------------------------- */

  const SLOW_AFTER = 400; // milliseconds
  let slowTimer = 0;

  function startWaiting() {
    clearTimeout(slowTimer);
    slowTimer = setTimeout(() => document.documentElement.classList.add("slow"), SLOW_AFTER);
  }

  function stopWaiting() {
    clearTimeout(slowTimer);
    document.documentElement.classList.remove("slow");
  }

  function release(form) {
    delete form.dataset.sending;
    for (const button of form.querySelectorAll("[data-busy]")) {
      delete button.dataset.busy;
      button.removeAttribute("aria-disabled");
    }
  }

  /* A form that is answered with a file leaves its page as it is: the answer's cookie, which names
     the form's mark, says that it came (orgs/web/middleware.py). */
  const ANSWERED = "file_answer=";

  function watchForFile(form) {
    const mark = form.elements.once?.value;
    if (!mark) return;
    const timer = setInterval(() => {
      if (!form.dataset.sending) return clearInterval(timer);
      if (!document.cookie.split("; ").includes(ANSWERED + mark)) return;
      clearInterval(timer);
      document.cookie = `${ANSWERED}; max-age=0; path=/`;
      release(form);
      stopWaiting();
    }, 500);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "1";
    const button = event.submitter;
    if (button) {
      // Not `disabled`: the browser would leave the button's own value out.
      button.dataset.busy = "";
      button.setAttribute("aria-disabled", "true");
    }
    startWaiting();
    watchForFile(form);
    if (form.hasAttribute("data-clears-drafts")) forgetDrafts();
  });

  window.addEventListener("pageshow", () => {
    stopWaiting();
    document.querySelectorAll("form[data-sending]").forEach(release);
  });
  document.addEventListener("htmx:beforeRequest", startWaiting);
  document.addEventListener("htmx:afterRequest", (event) => {
    stopWaiting();
    const form = event.target.closest && event.target.closest("form");
    if (form) release(form);
  });

  /* --- Confirmation ---------------------------------------------------------------------------
     <button data-confirm="question" data-confirm-yes="word"> asks in a dialog first. Where the page
     offers a disclosure (components/confirm.html) the same happens without JavaScript. */

  function ask(question, yes, agreed) {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    const sentence = document.createElement("p");
    sentence.id = "dialog-question";
    sentence.textContent = question;
    dialog.setAttribute("aria-labelledby", sentence.id);
    const buttons = document.createElement("div");
    buttons.className = "button-group";
    const no = document.createElement("button");
    no.type = "button";
    no.className = "button";
    no.textContent = text("wordCancel");
    no.autofocus = true;
    const ok = document.createElement("button");
    ok.type = "button";
    ok.className = "button button-danger-solid";
    ok.textContent = yes || text("wordConfirm");
    buttons.append(no, ok);
    dialog.append(sentence, buttons);
    document.body.append(dialog);
    no.addEventListener("click", () => dialog.close());
    ok.addEventListener("click", () => {
      dialog.close();
      agreed();
    });
    dialog.addEventListener("close", () => dialog.remove());
    dialog.showModal();
  }

  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest("button[data-confirm]");
      if (!button || button.dataset.agreed || !button.form || !window.HTMLDialogElement) return;
      event.preventDefault();
      event.stopPropagation();
      if (!button.form.reportValidity()) return;
      ask(button.dataset.confirm, button.dataset.confirmYes, () => {
        button.dataset.agreed = "1";
        button.form.requestSubmit(button);
        delete button.dataset.agreed;
      });
    },
    true,
  );

  document.addEventListener("click", (event) => {
    const summary = event.target.closest("details[data-confirm-details] > summary");
    if (!summary || !window.HTMLDialogElement) return;
    event.preventDefault();
    const panel = summary.parentElement;
    const button = panel.querySelector("button[type=submit]");
    const question = panel.querySelector(".confirm-question").textContent;
    ask(question, button.textContent.trim(), () => button.form.requestSubmit(button));
  });

  /* --- Menus close on Escape and on a click elsewhere ------------------------------------------ */

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  /* --- Drafts -----------------------------------------------------------------------------------
     A <form data-draft="key"> keeps what was typed in this browser until a page with
     data-draft-sent="key" says that it arrived, or until signing out. */

  const DRAFT_FIELDS =
    "input[type=text], input[type=tel], input[type=search], input[type=number], " +
    "input[type=checkbox], input[type=radio], input:not([type]), select, textarea";
  const owner = () => document.body.dataset.owner || "";
  const keyOf = (name) => `${DRAFT}${owner()}:${name}`;

  function stored(action) {
    try {
      return action(window.localStorage);
    } catch {
      return null; // no storage in this browser, or it is full
    }
  }

  function forgetDrafts() {
    stored((storage) => {
      for (const key of Object.keys(storage)) {
        if (key.startsWith(DRAFT)) storage.removeItem(key);
      }
    });
  }

  function draftFields(form) {
    return [...form.querySelectorAll(DRAFT_FIELDS)].filter(
      (field) => field.name && field.name !== "csrfmiddlewaretoken" && !("noDraft" in field.dataset),
    );
  }

  function tickable(field) {
    return field.type === "checkbox" || field.type === "radio";
  }

  function save(form) {
    const values = draftFields(form).flatMap((field) => {
      if (tickable(field)) return field.checked ? [[field.name, field.value]] : [];
      return field.value ? [[field.name, field.value]] : [];
    });
    stored((storage) => storage.setItem(keyOf(form.dataset.draft), JSON.stringify(values)));
  }

  function restore(form) {
    const kept = stored((storage) => JSON.parse(storage.getItem(keyOf(form.dataset.draft)) || "[]"));
    let restored = false;
    for (const field of draftFields(form)) {
      const values = (kept || []).filter(([name]) => name === field.name).map(([, value]) => value);
      if (!values.length) continue;
      if (tickable(field)) {
        const wanted = values.includes(field.value);
        restored = restored || wanted !== field.checked;
        field.checked = wanted;
      } else if (field.value !== values[0] && !field.value.trim()) {
        field.value = values[0];
        restored = true;
      }
    }
    if (restored) offerDiscard(form);
  }

  function offerDiscard(form) {
    const notice = document.createElement("div");
    notice.className = "notice";
    notice.setAttribute("role", "status");
    const sentence = document.createElement("span");
    sentence.textContent = text("wordDraft");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-small";
    button.textContent = text("wordDiscard");
    button.addEventListener("click", () => {
      stored((storage) => storage.removeItem(keyOf(form.dataset.draft)));
      form.reset();
      notice.remove();
    });
    notice.append(sentence, button);
    form.prepend(notice);
  }

  /* --- What is wrong is in view, has the focus, and is read out ----------------------------------- */

  function announce(sentence) {
    let voice = document.getElementById("announcer");
    if (!voice) {
      voice = Object.assign(document.createElement("div"), { id: "announcer" });
      voice.className = "visually-hidden";
      voice.setAttribute("role", "alert");
      document.body.append(voice);
    }
    voice.textContent = "";
    setTimeout(() => { voice.textContent = sentence; }, 100);
  }

  const CONTROL = "input:not([type=hidden], [type=file]), select, textarea, input[type=file]";

  /* The first field of a form that was refused; false where nothing is wrong. */
  function showFirstError(root) {
    const wrong = root.querySelector(".errorlist");
    if (!wrong) return false;
    const field = wrong.closest(".field");
    const control = field?.querySelector(`:is(${CONTROL}):checked`) || field?.querySelector(CONTROL);
    for (const fold of [wrong, control].map((part) => part?.closest("details:not([open])"))) {
      if (fold) fold.open = true;
    }
    if (control) control.focus({ preventScroll: true });
    else {
      wrong.tabIndex = -1;
      wrong.focus({ preventScroll: true });
    }
    wrong.scrollIntoView({ block: "center" });
    announce([field?.querySelector("label, legend")?.textContent, wrong.textContent].filter(Boolean).join(" "));
    return true;
  }

  document.addEventListener("htmx:afterSwap", (event) => showFirstError(event.target));
  window.portal = { announce, showFirstError };

  /* --- Lists: tick all, print ------------------------------------------------------------------ */

  document.addEventListener("change", (event) => {
    const all = event.target.closest("input[data-check-all]");
    if (!all) return;
    for (const box of document.querySelectorAll(`input[type=checkbox][form="${all.dataset.checkAll}"]`)) {
      box.checked = all.checked;
    }
  });

  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    const words = source.value ?? source.textContent.trim();
    try {
      await navigator.clipboard.writeText(words);
    } catch {
      const range = document.createRange(); // without leave (http, WeChat) the old way
      if (source.select) source.select();
      else {
        range.selectNodeContents(source);
        window.getSelection().removeAllRanges();
        window.getSelection().addRange(range);
      }
      document.execCommand("copy");
    }
    button.textContent = button.dataset.copied;
    announce(button.dataset.copied);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  function start() {
    const main = document.querySelector("main");
    // The report form shows one screen at a time, and finds its first error itself.
    if (main && !document.getElementById("report-form")) showFirstError(main);
    for (const sent of document.querySelectorAll("[data-draft-sent]")) {
      stored((storage) => storage.removeItem(keyOf(sent.dataset.draftSent)));
    }
    for (const form of document.querySelectorAll("form[data-draft]")) {
      restore(form);
      let timer = 0;
      form.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(() => save(form), 300);
      });
      form.addEventListener("submit", () => save(form));
    }
  }

  start(); // the script is deferred: the page is there
})();
