// A run's curves as a picture: losses by step on a logarithmic scale, smoothed, with validation as dots.
import type { StepLine } from "../loop/curves.ts";

const [width, height, margin] = [960, 480, 56] as const;
const colours = ["#3b82f6", "#f59e0b", "#10b981", "#ef4444", "#8b5cf6", "#64748b"] as const;

type Point = readonly [step: number, value: number];
type Curve = { readonly name: string; readonly points: readonly Point[] };

/** Means over as many steps as give about 240 points, so that a long run can be read. */
export function curvesOf(lines: readonly StepLine[]): readonly Curve[] {
  const names = [...new Set(lines.flatMap(({ losses }) => Object.keys(losses)))];
  const run = Math.max(1, Math.ceil(lines.length / 240));
  const parts = names.map((name) => {
    const all = lines.flatMap(({ step, losses }): readonly Point[] => {
      const loss = losses[name];
      return loss !== undefined && loss > 0 ? [[step, loss]] : [];
    });
    return { name, points: meansOf(all, run) };
  });
  const validation = lines.flatMap(({ step, validation: loss }): readonly Point[] =>
    loss !== null && loss > 0 ? [[step, loss]] : [],
  );
  return [...parts, { name: "validation", points: validation }].filter(({ points }) => points.length > 0);
}

const meansOf = (points: readonly Point[], run: number): readonly Point[] =>
  Array.from({ length: Math.ceil(points.length / run) }, (_, index): Point => {
    const part = points.slice(index * run, (index + 1) * run);
    return [part[0]?.[0] ?? 0, part.reduce((sum, [, value]) => sum + value, 0) / part.length];
  });

/** A standalone SVG; text in it is names of losses and numbers, nothing that came from a file's name. */
export function plotCurves(title: string, lines: readonly StepLine[]): string {
  const curves = curvesOf(lines);
  const values = curves.flatMap(({ points }) => points.map(([, value]) => value));
  const [low, high] = [Math.floor(Math.log10(Math.min(...values, 1))), Math.ceil(Math.log10(Math.max(...values, 0.1)))];
  const lastStep = Math.max(1, ...lines.map(({ step }) => step));
  const x = (step: number) => margin + ((width - 2 * margin) * step) / lastStep;
  const y = (value: number) =>
    height - margin - ((height - 2 * margin) * (Math.log10(value) - low)) / Math.max(1, high - low);
  const decades = Array.from({ length: high - low + 1 }, (_, index) => low + index);
  const grid = decades.map(
    (power) =>
      `<line x1="${margin}" x2="${width - margin}" y1="${y(10 ** power)}" y2="${y(10 ** power)}" stroke="#ddd"/>` +
      `<text x="${margin - 8}" y="${y(10 ** power) + 4}" text-anchor="end">1e${power}</text>`,
  );
  const drawn = curves.map(({ name, points }, index) => {
    const colour = colours[index % colours.length];
    const label = `<text x="${margin + 120 * index}" y="36" fill="${colour}">${escaped(name)}</text>`;
    const places = points.map(([step, value]) => [x(step).toFixed(1), y(value).toFixed(1)] as const);
    if (name === "validation")
      return label + places.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`).join("");
    const way = places.map((place) => place.join(",")).join(" ");
    return `${label}<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${way}"/>`;
  });
  const frame = `<text x="${width / 2}" y="${height - 16}" text-anchor="middle">step (last: ${lastStep})</text>`;
  const head = `<text x="${margin}" y="18" font-weight="bold">${escaped(title)}</text>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">` +
    `<rect width="100%" height="100%" fill="#fff"/>${head}${grid.join("")}${drawn.join("")}${frame}</svg>\n`
  );
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
