/* Photos are made small on the phone before they are sent: at most 2048 pixels a side, upright, without
   what the camera wrote down. What this browser cannot show (some HEIC) and videos go as they are. */
"use strict";

(() => {
  const SIDE = 2048;
  const SMALLEST = 1000;
  const ENOUGH = 640 * 1024; // bytes: three within a minute at 400 kbit/s, with the way and the drawing
  const QUALITIES = [0.8, 0.6, 0.45];

  async function picture(file) {
    const address = URL.createObjectURL(file);
    try {
      const image = new Image();
      image.src = address;
      await image.decode(); // upright by itself: browsers turn it as the camera was held
      return image;
    } finally {
      URL.revokeObjectURL(address);
    }
  }

  const encoded = (canvas, quality) =>
    new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));

  async function shrunk(file) {
    const image = await picture(file);
    const small = await drawn(image, SIDE, QUALITIES);
    if (!small || small.size <= ENOUGH) return small;
    // Leaves or gravel everywhere: as many pixels as fit.
    const side = Math.round(SIDE * Math.sqrt(ENOUGH / small.size) * 0.95);
    return drawn(image, Math.max(SMALLEST, side), QUALITIES.slice(-1));
  }

  /* As good as it fits. */
  async function drawn(image, side, qualities) {
    const scale = Math.min(1, side / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
    const paper = canvas.getContext("2d");
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(image, 0, 0, canvas.width, canvas.height);
    let small = null;
    for (const quality of qualities) {
      small = await encoded(canvas, quality);
      if (!small || small.size <= ENOUGH) break;
    }
    return small;
  }

  /* One after the other: the first goes over the line while the next is drawn. */
  let last = Promise.resolve();
  function chosen(file) {
    const work = last.then(() => taken(file));
    last = work.catch(() => {});
    return work;
  }

  /* {name, type, bytes}, read now: a chosen file may be gone by the time that it is sent. */
  async function taken(file) {
    if (file.type.startsWith("image/") || /\.hei[cf]$/i.test(file.name)) {
      const small = await shrunk(file).catch(() => null);
      if (small && (small.size < file.size || scaled(file))) {
        const name = `${(file.name || "photo").replace(/\.[^.]+$/, "")}.jpg`;
        return { name, type: "image/jpeg", bytes: await small.arrayBuffer() };
      }
    }
    return window.sendQueue.read(file);
  }

  const scaled = (file) => !/^image\/(jpeg|png|webp)$/.test(file.type);

  window.photos = { chosen };
})();
