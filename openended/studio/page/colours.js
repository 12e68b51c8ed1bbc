// What colours mean: amounts in viridis, kinds in the colours of Okabe and Ito (2008).

const VIRIDIS = ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"];
const KINDS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#b8a800"];
const OTHERS = "#9a9a96";
export const UNKNOWN = "#9e9e9e";

const channels = (colour) => [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16));

function viridis(share) {
  const place = Math.min(Math.max(share, 0), 1) * (VIRIDIS.length - 1), left = Math.min(Math.floor(place), VIRIDIS.length - 2);
  const [from, to] = [channels(VIRIDIS[left]), channels(VIRIDIS[left + 1])];
  return `rgb(${from.map((value, k) => Math.round(value + (to[k] - value) * (place - left))).join(" ")})`;
}

/** Names of what tiles can show, and how each reads it from a niche. */
export const QUANTITIES = {
  fitness: { label: "fitness (mean return)", of: (niche) => niche.fitness },
  age: { label: "age (generations)", of: (niche) => niche.age },
  progress: { label: "learning progress", of: (niche) => niche.progress },
  holder: { label: "holder: where the agent came from", kind: (niche) => (niche.origin < 0 ? "drawn at random" : `task ${niche.origin}`) },
  author: { label: "author of the task", kind: (niche) => niche.author },
};

/** A function from niches to colours, and what a legend of it says. */
export function painter(name, niches, solved) {
  const quantity = QUANTITIES[name];
  if (quantity.kind) return kinds(quantity, niches);
  const values = niches.map(quantity.of).filter((value) => value !== null);
  const low = Math.min(...values, name === "fitness" ? solved : 0), high = Math.max(...values, name === "fitness" ? solved : 0);
  const share = (value) => (high > low ? (value - low) / (high - low) : 0.5);
  return {
    colour: (niche) => (quantity.of(niche) === null ? UNKNOWN : viridis(share(quantity.of(niche)))),
    legend: { label: quantity.label, low, high, ramp: `linear-gradient(90deg, ${VIRIDIS.join(",")})` },
  };
}

function kinds(quantity, niches) {
  const counted = new Map();
  for (const niche of niches) counted.set(quantity.kind(niche), (counted.get(quantity.kind(niche)) ?? 0) + 1);
  const order = [...counted].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const colours = new Map(order.slice(0, KINDS.length).map(([kind], place) => [kind, KINDS[place]]));
  const named = order.slice(0, KINDS.length).map(([kind, held]) => ({ colour: colours.get(kind), text: `${kind} (${held})` }));
  if (order.length > KINDS.length) named.push({ colour: OTHERS, text: "others" });
  return { colour: (niche) => colours.get(quantity.kind(niche)) ?? OTHERS, legend: { label: quantity.label, named } };
}
