"use strict";
// Plays the episodes of the page on its canvas, and sorts and filters its gallery. Needs nothing from elsewhere.
(() => {
  const $ = (id) => document.getElementById(id);
  const films = JSON.parse($("films").textContent);
  const canvas = $("screen"), pen = canvas && canvas.getContext("2d");
  let film = null, time = 0, playing = false, before = 0;

  // The opposite of column() in codec.py.
  function column(coded, samples, unit) {
    const values = new Float64Array(samples);
    if (typeof coded === "number") return values.fill(coded * unit);
    const bytes = atob(coded);
    let whole = 0, place = 0;
    for (let sample = 0; sample < samples; sample++) {
      let rest = 0, size = 1, byte;
      do {
        byte = bytes.charCodeAt(place++);
        rest += (byte & 127) * size;
        size *= 128;
      } while (byte > 127);
      whole += rest % 2 ? -(rest + 1) / 2 : rest / 2;
      values[sample] = whole * unit;
    }
    return values;
  }

  function decoded(raw) {
    const ready = { ...raw, returns: column(raw.returns, raw.samples, raw.units.score) };
    if (raw.frames) {
      ready.picture = new Image();
      ready.picture.onload = draw;
      ready.picture.src = raw.frames;
    } else {
      const units = [raw.unit, raw.unit, raw.units.turn];
      ready.bodies = raw.bodies.map((body) => body.map((each, axis) => column(each, raw.samples, units[axis])));
    }
    return ready;
  }

  // Times are in samples; the last sample may come earlier than the others are apart.
  const last = () => film.samples - 1;
  const seconds = () => Math.min(time * film.stride, film.steps) / film.rate;
  function at(values) {
    const left = Math.min(Math.floor(time), last()), right = Math.min(left + 1, last());
    return values[left] + (values[right] - values[left]) * (time - left);
  }

  function fit() {
    const box = canvas.parentElement.clientWidth;
    const high = Math.round(Math.min(Math.max(box * 0.42, 200), 460));
    const fine = window.devicePixelRatio || 1;
    canvas.style.height = `${high}px`;
    canvas.width = Math.round(box * fine);
    canvas.height = Math.round(high * fine);
    draw();
  }

  function draw() {
    if (!film) return;
    film.picture ? drawFrame() : drawShapes();
    $("time").value = time;
    const told = `${seconds().toFixed(1)} s · return ${at(film.returns).toFixed(1)}`;
    $("told").textContent = film.bodies ? `${at(film.bodies[film.centre][0]).toFixed(1)} m · ${told}` : told;
    $("time").setAttribute("aria-valuetext", told);
  }

  function drawFrame() {
    const frame = Math.min(Math.round(time), last()), [width, height] = film.size;
    const scale = Math.min(canvas.width / width, canvas.height / height);
    const x = (canvas.width - width * scale) / 2, y = (canvas.height - height * scale) / 2;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    if (film.picture.complete) {
      const left = width * (frame % film.across), top = height * Math.floor(frame / film.across);
      pen.drawImage(film.picture, left, top, width, height, x, y, width * scale, height * scale);
    }
  }

  function drawShapes() {
    const wide = canvas.width, high = canvas.height;
    const scale = Math.max(wide / film.width, high / film.width / 0.62);
    const poses = film.bodies.map((body) => body.map(at));
    const left = poses[film.centre][0] - wide / scale / 3, bottom = level() - (0.55 * high) / scale;
    const sky = pen.createLinearGradient(0, 0, 0, high);
    film.sky.forEach((colour, place) => sky.addColorStop(place, colour));
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = sky;
    pen.fillRect(0, 0, wide, high);
    pen.setTransform(scale, 0, 0, -scale, -left * scale, high + bottom * scale);
    pen.lineJoin = pen.lineCap = "round";
    for (const shape of film.shapes) {
      if (!shape.shown || shape.shown[Math.min(Math.round(time), last())] === "1") paint(shape, poses, scale);
    }
    ruler(left, scale, wide, high);
  }

  // Metres along the lower edge, so that one sees how fast it goes where nothing else stands.
  function ruler(left, scale, wide, high) {
    const fine = window.devicePixelRatio || 1, size = 11 * fine;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = "#00000055";
    pen.fillRect(0, high - 2 * size, wide, 2 * size);
    pen.fillStyle = "#ffffff";
    pen.font = `${size}px system-ui, sans-serif`;
    pen.textAlign = "center";
    for (let metre = Math.ceil(left); metre <= left + wide / scale; metre++) {
      const x = (metre - left) * scale;
      pen.fillRect(x, high - 2 * size, fine, size / 2);
      if (metre % 5 === 0) pen.fillText(`${metre} m`, x, high - size / 3);
    }
  }

  // The height of the centre, averaged over half a second so that the picture does not shake.
  function level() {
    const heights = film.bodies[film.centre][1], reach = Math.ceil(film.rate / film.stride / 4);
    const from = Math.max(0, Math.floor(time) - reach), to = Math.min(last(), Math.ceil(time) + reach);
    let sum = 0;
    for (let sample = from; sample <= to; sample++) sum += heights[sample];
    return sum / (to - from + 1);
  }

  function paint(shape, poses, scale) {
    const [x, y, angle] = shape.body === undefined ? [0, 0, 0] : poses[shape.body];
    const cos = Math.cos(angle), sin = Math.sin(angle), p = shape.points;
    const place = (k) => [x + cos * p[k] - sin * p[k + 1], y + sin * p[k] + cos * p[k + 1]];
    pen.beginPath();
    if (shape.kind === "dot") {
      pen.arc(...place(0), shape.size, 0, 7);
    } else {
      pen.moveTo(...place(0));
      for (let k = 2; k < p.length; k += 2) pen.lineTo(...place(k));
      if (shape.towards !== undefined) pen.lineTo(poses[shape.towards][0], poses[shape.towards][1]);
    }
    pen.lineWidth = Math.max(shape.size, 1 / scale);
    if (shape.kind === "line") {
      pen.strokeStyle = shape.colour;
      pen.stroke();
      return;
    }
    pen.closePath();
    pen.fillStyle = shape.colour;
    pen.fill();
    if (shape.edge) {
      pen.strokeStyle = shape.edge;
      pen.stroke();
    }
  }

  function tick(now) {
    if (!playing) return;
    const speed = Number($("speed").value), passed = Math.min(now - before, 100) / 1000;
    before = now;
    time = Math.min(time + (passed * speed * film.rate) / film.stride, last());
    draw();
    if (time >= last()) pause();
    else requestAnimationFrame(tick);
  }

  function play() {
    if (time >= last()) time = 0;
    playing = true;
    before = performance.now();
    $("play").textContent = "Pause";
    requestAnimationFrame(tick);
  }

  function pause() {
    playing = false;
    $("play").textContent = "Play";
  }

  function choose(niche) {
    const raw = films.find((each) => each.niche === niche);
    if (!raw) return false;
    pause();
    film = decoded(raw);
    time = 0;
    $("time").max = last();
    $("episode").value = String(niche);
    $("caption").textContent = raw.caption;
    canvas.setAttribute("aria-label", raw.caption);
    for (const card of document.querySelectorAll("[data-niche]")) {
      card.classList.toggle("chosen", Number(card.dataset.niche) === niche);
    }
    draw();
    return true;
  }

  function show(niche) {
    if (choose(niche)) {
      $("watch").scrollIntoView({ block: "nearest" });
      play();
    } else {
      const card = $(`niche-${niche}`);
      if (card) card.scrollIntoView({ block: "center" });
    }
  }

  function arrange() {
    const by = $("sort").value, only = $("only").value;
    const cards = [...document.querySelectorAll(".card")];
    const downwards = by === "fitness" ? -1 : 1;
    cards.sort((a, b) => downwards * (a.dataset[by] - b.dataset[by]) || a.dataset.niche - b.dataset.niche);
    let seen = 0;
    for (const card of cards) {
      card.hidden = (only === "solved" && card.dataset.solved !== "1") || (only === "open" && card.dataset.solved === "1");
      seen += !card.hidden;
      card.parentElement.append(card);
    }
    $("seen").textContent = `${seen} of ${cards.length}`;
  }

  document.body.classList.add("live");
  if (films.length) {
    $("play").onclick = () => (playing ? pause() : play());
    $("time").oninput = () => {
      pause();
      time = Number($("time").value);
      draw();
    };
    $("episode").onchange = () => choose(Number($("episode").value));
    for (const button of document.querySelectorAll("button[data-show]")) {
      button.onclick = () => show(Number(button.dataset.show));
    }
    choose(Number(canvas.dataset.first));
    new ResizeObserver(fit).observe(canvas.parentElement);
  }
  if ($("sort")) {
    $("sort").onchange = $("only").onchange = arrange;
    arrange();
  }
})();
