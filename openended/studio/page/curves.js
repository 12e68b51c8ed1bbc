// Curves of the run, drawn by the browser.
import { $, element, fill, number } from "./dom.js";

const NAMES = [["solved", "tasks solved", 0], ["qd_score", "QD score", 0], ["annecs", "ANNECS", 0]];

export function curves(now) {
  const { generation } = now.curves;
  fill($("curves"), ...NAMES.map(([name, label, digits]) => {
    const known = generation.map((x, place) => [x, now.curves[name][place]]).filter(([, y]) => y !== null);
    const value = known.length ? number(known.at(-1)[1], digits) : "–";
    const head = element("p", {}, element("span", { class: "quiet", text: label }), element("b", { text: value }));
    return element("article", { class: "card curve" }, head, chart(known, `${label} over ${generation.length ? generation.at(-1) : 0} generations: ${value}`));
  }));
}

function chart(points, label) {
  const drawn = element("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", role: "img", "aria-label": label });
  if (points.length < 2) return drawn;
  const [x0, x1] = [points[0][0], points.at(-1)[0]], values = points.map(([, y]) => y);
  const low = Math.min(0, ...values), high = Math.max(...values, low + 1e-9);
  const place = ([x, y]) => `${((100 * (x - x0)) / (x1 - x0)).toFixed(2)} ${(96 - (92 * (y - low)) / (high - low)).toFixed(2)}`;
  const line = `M${points.map(place).join("L")}`;
  drawn.append(element("path", { class: "area", d: `${line}L100 100L0 100Z` }), element("path", { class: "line", d: line }));
  return drawn;
}
