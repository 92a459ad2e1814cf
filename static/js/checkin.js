/* Check-in: the camera, or a photo of the code, is read on the phone; without a network the entry waits and says so.
   Without this file the digits and WeChat's own scanner do. */
"use strict";

(() => {
  const area = document.getElementById("checkin");
  if (!area) return;
  const word = (name) => area.dataset[name];
  const waiting = document.getElementById("waiting");
  const queue = window.sendQueue({
    kind: "check-in",
    owner: area.dataset.owner,
    label: (draft) => new Date(draft.at).toLocaleString(),
    sent: (_draft, answer) => say(word(answer.state === "refused" ? "wordRefused" : "wordSent")),
  });

  function say(sentence) {
    waiting.textContent = sentence;
    waiting.hidden = !sentence;
  }

  /* --- The photo of the code ------------------------------------------------------------------- */

  const SIDE = 1000; // pixels: enough for the code, quick on an old phone

  /* What a picture or a frame of the camera shows as a code; "" for none. */
  function decoded(picture, width, height) {
    const scale = Math.min(1, SIDE / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const points = pen.getImageData(0, 0, canvas.width, canvas.height);
    const found = window.jsQR && window.jsQR(points.data, points.width, points.height);
    return found ? found.data : "";
  }

  async function read(file) {
    const picture = await createImageBitmap(file);
    return decoded(picture, picture.width, picture.height);
  }

  async function keep(token) {
    const mark = queue.mark();
    const at = new Date().toISOString();
    await queue.put({
      mark,
      at,
      api: token.startsWith("o.") ? area.dataset.out : area.dataset.in,
      body: { event_id: mark, token, at, account: Number(area.dataset.owner) },
    });
    say(word("wordWaiting"));
  }

  async function take(text) {
    const here = location.pathname.replace(/check\/$/, "scan/");
    let address = null;
    try {
      address = new URL(text, location.href);
    } catch {
      return say(word("wordOther"));
    }
    const token = address.searchParams.get("t");
    if (!token || address.pathname !== here) return say(word("wordOther"));
    if (!navigator.onLine) return keep(token);
    const probe = await fetch(`${here}?t=${encodeURIComponent(token)}`).catch(() => null);
    if (!probe) return keep(token);
    if (!probe.ok) {
      // The page that says why it does not count; the token may still be genuine, so nothing is kept.
      location.assign(`${here}?t=${encodeURIComponent(token)}`);
      return undefined;
    }
    location.assign(probe.url);
    return undefined;
  }

  document.getElementById("photo")?.addEventListener("change", async (event) => {
    const file = event.target.files[0];
    if (!file) return;
    const text = await read(file).catch(() => "");
    event.target.value = "";
    if (!text) return say(word("wordNone"));
    await take(text);
  });

  /* --- The camera in the page ------------------------------------------------------------------ */

  const PAUSE = 150; // milliseconds between two frames that are read
  const camera = document.getElementById("camera");
  const viewer = document.getElementById("viewer");
  let stream = null;

  function stop() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    viewer.hidden = true;
    viewer.srcObject = null;
  }

  async function look() {
    if (!stream) return;
    const text = viewer.videoWidth ? decoded(viewer, viewer.videoWidth, viewer.videoHeight) : "";
    if (!text) {
      setTimeout(look, PAUSE);
      return;
    }
    stop();
    await take(text);
  }

  // Without https, or where the browser has no camera, the photo and the digits remain.
  if (camera && navigator.mediaDevices?.getUserMedia) {
    camera.hidden = false;
    camera.addEventListener("click", async () => {
      if (stream) return stop();
      try {
        stream = await navigator.mediaDevices.getUserMedia({
          video: { facingMode: "environment" },
          audio: false,
        });
      } catch {
        return say(word("wordCamera"));
      }
      viewer.srcObject = stream;
      viewer.hidden = false;
      await viewer.play().catch(() => {});
      return look();
    });
    window.addEventListener("pagehide", stop);
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) stop();
    });
  }

  /* --- Where safety asks for it ---------------------------------------------------------------- */

  document.getElementById("locate")?.addEventListener("click", (event) => {
    const form = event.target.closest("form");
    navigator.geolocation?.getCurrentPosition(
      ({ coords }) => {
        form.elements.lon.value = coords.longitude;
        form.elements.lat.value = coords.latitude;
        form.elements.accuracy.value = Math.ceil(coords.accuracy);
        document.getElementById("located").hidden = false;
      },
      () => {},
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });
})();
