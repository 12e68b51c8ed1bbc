// Episodes as shapes that move: decodes films (codec.py writes them) and draws them on a canvas.
// Times are in samples; the last sample may come earlier than the others are apart.

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

/** A film ready to be drawn; `renew` is called when its pictures, if it is made of some, have been loaded. */
export function decoded(raw, renew) {
  const ready = { ...raw, returns: column(raw.returns, raw.samples, raw.units.score) };
  if (raw.frames) {
    ready.picture = new Image();
    ready.picture.onload = renew;
    ready.picture.src = raw.frames;
  } else {
    const units = [raw.unit, raw.unit, raw.units.turn];
    ready.bodies = raw.bodies.map((body) => body.map((each, axis) => column(each, raw.samples, units[axis])));
  }
  return ready;
}

export const last = (film) => film.samples - 1;
export const seconds = (film, time) => Math.min(time * film.stride, film.steps) / film.rate;

/** A value between two samples. */
export function at(film, time, values) {
  const left = Math.min(Math.floor(time), last(film)), right = Math.min(left + 1, last(film));
  return values[left] + (values[right] - values[left]) * (time - left);
}

/** How far an episode is, in words. */
export function words(film, time) {
  const told = `${seconds(film, time).toFixed(1)} s · return ${at(film, time, film.returns).toFixed(1)}`;
  return film.bodies && !film.aspect ? `${at(film, time, film.bodies[film.centre][0]).toFixed(1)} m · ${told}` : told;
}

/** Draw a moment of a film; other films of the same task appear as ghosts on it, as they are at the time `now`. */
export function draw(canvas, film, time, ghosts = [], now = time) {
  const pen = canvas.getContext("2d");
  if (film.picture) {
    frame(canvas, pen, film, time);
    return;
  }
  const view = camera(film, time, canvas.width, canvas.height);
  backdrop(pen, film.sky, canvas.width, canvas.height);
  const first = film.shapes.findIndex(moves), own = first < 0 ? film.shapes.length : first;
  shapes(pen, film, time, view, (shape, place) => place < own);
  pen.globalAlpha = 0.35;
  for (const ghost of ghosts) shapes(pen, ghost, Math.min(now, last(ghost)), view, moves);
  pen.globalAlpha = 1;
  shapes(pen, film, time, view, (shape, place) => place >= own);
  if (!film.aspect) ruler(pen, view, canvas.width, canvas.height);
}

// What is worth seeing of a ghost: its body, not what it senses.
const moves = (shape) => shape.body !== undefined && shape.edge !== undefined;

/** Where the camera stands: scale in pixels a metre, and the coordinates of the lower left corner. */
export function camera(film, time, wide, high) {
  const [x, y] = film.bodies[film.centre];
  if (film.aspect) {
    const scale = Math.min(wide / film.width, (high / film.width) * film.aspect);
    return { scale, left: at(film, time, x) - wide / scale / 2, bottom: at(film, time, y) - high / scale / 2, high };
  }
  const scale = Math.max(wide / film.width, high / film.width / 0.62);
  return { scale, left: at(film, time, x) - wide / scale / 3, bottom: level(film, time, y) - (0.55 * high) / scale, high };
}

// The height of the centre, averaged over half a second so that the picture does not shake.
function level(film, time, heights) {
  const reach = Math.ceil(film.rate / film.stride / 4);
  const from = Math.max(0, Math.floor(time) - reach), to = Math.min(last(film), Math.ceil(time) + reach);
  let sum = 0;
  for (let sample = from; sample <= to; sample++) sum += heights[sample];
  return sum / (to - from + 1);
}

export function backdrop(pen, colours, wide, high) {
  const sky = pen.createLinearGradient(0, 0, 0, high);
  colours.forEach((colour, place) => sky.addColorStop(place, colour));
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.fillStyle = sky;
  pen.fillRect(0, 0, wide, high);
}

/** Draw those shapes of a film that are wanted, each given with its place, the farthest first. */
export function shapes(pen, film, time, view, wanted) {
  const poses = film.bodies.map((body) => body.map((each) => at(film, time, each)));
  pen.setTransform(view.scale, 0, 0, -view.scale, -view.left * view.scale, view.high + view.bottom * view.scale);
  pen.lineJoin = pen.lineCap = "round";
  for (const [place, shape] of film.shapes.entries()) {
    const shown = !shape.shown || shape.shown[Math.min(Math.round(time), last(film))] === "1";
    if (shown && wanted(shape, place)) paint(pen, shape, poses, view.scale, Boolean(film.aspect));
  }
}

// `sealed`: areas without an edge overlap by a hair, so that none shows between neighbours.
function paint(pen, shape, poses, scale, sealed) {
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
  if (shape.edge || (sealed && shape.kind === "area")) {
    pen.strokeStyle = shape.edge ?? shape.colour;
    pen.stroke();
  }
}

// Metres along the lower edge, so that one sees how fast it goes where nothing else stands.
export function ruler(pen, view, wide, high) {
  const fine = window.devicePixelRatio || 1, size = 11 * fine;
  const apart = [1, 2, 5, 10, 20, 50].find((metres) => metres * view.scale >= 6 * fine) ?? 100;
  const written = apart * (5 * apart * view.scale >= 45 * fine ? 5 : 10);
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.fillStyle = "#00000055";
  pen.fillRect(0, high - 2 * size, wide, 2 * size);
  pen.fillStyle = "#ffffff";
  pen.font = `${size}px system-ui, sans-serif`;
  pen.textAlign = "center";
  for (let metre = Math.ceil(view.left / apart) * apart; metre <= view.left + wide / view.scale; metre += apart) {
    const x = (metre - view.left) * view.scale;
    pen.fillRect(x, high - 2 * size, fine, size / 2);
    if (metre % written === 0) pen.fillText(`${metre} m`, x, high - size / 3);
  }
}

function frame(canvas, pen, film, time) {
  const place = Math.min(Math.round(time), last(film)), [width, height] = film.size;
  const scale = Math.min(canvas.width / width, canvas.height / height);
  const x = (canvas.width - width * scale) / 2, y = (canvas.height - height * scale) / 2;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  if (film.picture.complete) {
    const left = width * (place % film.across), top = height * Math.floor(place / film.across);
    pen.drawImage(film.picture, left, top, width, height, x, y, width * scale, height * scale);
  }
}

/** Give a canvas as many pixels as the screen has for it; `share` is its height over its width. */
export function fit(canvas, share, lowest, highest) {
  const box = canvas.parentElement.clientWidth, fine = window.devicePixelRatio || 1;
  const high = Math.round(Math.min(Math.max(box * share, lowest), highest));
  canvas.style.height = `${high}px`;
  canvas.width = Math.round(box * fine);
  canvas.height = Math.round(high * fine);
}
