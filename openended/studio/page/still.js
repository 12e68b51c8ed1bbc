// A task that is only looked at: changed by sliders or chosen among mutations.
import { backdrop, decoded, fit, ruler, shapes } from "./scene.js";

/** Draw all of a still film on a canvas, with whole metres below it where it is long. */
export function still(canvas, film, share = film.aspect ? 1 / film.aspect : 0.25) {
  fit(canvas, share, 60, film.aspect ? 520 : 260);
  const pen = canvas.getContext("2d"), [x, y] = film.bodies[film.centre];
  const scale = film.aspect ? Math.min(canvas.width, canvas.height * film.aspect) / film.width : canvas.width / film.width;
  const view = { scale, left: x[0] - canvas.width / scale / 2, bottom: y[0] - canvas.height / scale / 2, high: canvas.height };
  backdrop(pen, film.sky, canvas.width, canvas.height);
  shapes(pen, film, 0, view, () => true);
  if (!film.aspect) ruler(pen, view, canvas.width, canvas.height);
}

export class Still {
  constructor(sheet, canvas) {
    Object.assign(this, { canvas, film: null, hint: "Change it by the controls below." });
  }

  fit() {}

  settled(drawn, aspect) {
    this.film = drawn ? { ...decoded(drawn, () => {}), aspect } : null;
  }

  draw() {
    if (this.film) still(this.canvas, this.film);
  }

  down() {
    return false;
  }

  key() {
    return false;
  }
}
