// The figures of the safety specification §6.4, from what `make crash`, `make sim`, `make sim-mutants` and
// `make bench-orders` left in target/safety. What nobody measured is said to be "not measured".

import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = process.argv[2] ?? fileURLToPath(new URL("../target/safety", import.meta.url));
const none = "not measured";

/** The content of a file; undefined if it is not there. */
function read(name) {
  try {
    return JSON.parse(readFileSync(`${folder}/${name}`, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw new Error(`${folder}/${name} cannot be read: ${error.message}; delete it and measure again`);
  }
}

function measured(name) {
  try {
    return statSync(`${folder}/${name}`).mtime.toISOString().slice(0, 16).replace("T", " ");
  } catch {
    return "";
  }
}

const [sim, mutants, crash, orders] = ["sim.json", "mutants.json", "crash.json", "orders.json"].map(read);
const rows = [];
/** Adds a figure: `value` is undefined where it was not measured. */
const figure = (name, bound, value, source) =>
  rows.push([name, bound, value ?? none, value === undefined ? "" : measured(source)]);
const sum = (list, of) => list.reduce((total, one) => total + of(one), 0);
const pair = (one, other) => (one === undefined || other === undefined ? undefined : `${one} / ${other}`);
const least = (bound, hits) => hits.filter((count) => count >= bound).length;

figure("seeds / failing", "≥ 200,000 / 0", pair(sim?.seeds, sim?.failing), "sim.json");
const planted = mutants?.mutants;
figure("planted defects found", "24 / 24", planted && `${planted.filter((one) => one.found).length} / ${planted.length}`, "mutants.json");
const blows = crash?.rows.filter((row) => row.blows > 0);
figure(
  "kills / doubled / lost orders / lost fills / wrong bindings",
  "≥ 2,200 / 0 / 0 / 0 / 0",
  blows?.length ? ["blows", "doubled", "lost_orders", "lost_fills", "wrong_bindings"].map((key) => sum(blows, (row) => row[key])).join(" / ") : undefined,
  "crash.json",
);
const unreached = crash?.rows.filter((row) => row.blows === 0).map((row) => `${row.blow} on ${row.database}`);
figure("places of the crash test never reached", "0", unreached && (unreached.length ? `${unreached.length}: ${unreached.join(", ")}` : 0), "crash.json");
const ready = blows?.flatMap((row) => row.ready_seconds).sort((a, b) => a - b);
figure(
  "READY after a kill: within 30 s / p50 / max, by the product's clock",
  "≥ 99 % / – / –",
  ready?.length ? `${((100 * ready.filter((time) => time <= 30).length) / ready.length).toFixed(1)} % / ${ready[Math.floor(ready.length / 2)].toFixed(1)} s / ${ready.at(-1).toFixed(1)} s` : undefined,
  "crash.json",
);
const other = blows && sum(blows, (row) => row.unsettled + row.breaches + row.not_ready.length);
figure("other findings of the crash test", "0", other, "crash.json");
const points = sim?.points && Object.values(sim.points);
figure("reached points with ≥ 100 hits", "100 %", points && `${least(100, points)} of ${points.length} (${least(1, points)} reached)`, "sim.json");
figure("UNKNOWN to a decision or a person, p50 / max (simulation)", "≤ 5 s / ≤ 15 min", pair(sim?.unknown_p50_seconds, sim?.unknown_max_seconds), "sim.json");
figure("longest UNKNOWN that was settled (crash test)", "≤ 15 min", blows?.length ? `${Math.max(...blows.map((row) => row.longest_doubt_seconds)).toFixed(0)} s` : undefined, "crash.json");
figure("kill to last wire order: presses / max", "≥ 10,000 / ≤ 1 s", pair(sim?.kill_presses, sim?.kill_to_last_order_max_ms === undefined ? undefined : `${sim.kill_to_last_order_max_ms} ms`), "sim.json");
for (const step of orders?.steps ?? [{}]) {
  const name = step.name ?? "decision to wire";
  figure(`${name}, p50 / p99, without the broker`, step.bound ?? "p99 ≤ 5 ms", pair(step.p50_ms && `${step.p50_ms} ms`, step.p99_ms && `${step.p99_ms} ms`), "orders.json");
}
for (const [name, bound] of [
  ["tenant requests / leaks", "≥ 5,000 / 0"],
  ["API fuzz requests / 5xx", "≥ 50,000 / 0"],
  ["fuzz CPU-hours / crashes", "≥ 12 / 0"],
  ["soak hours + days / breaches", "24 + 30 / 0"],
  ["ASVS level 2 settled / waived", "253 / ≤ 5"],
  ["known vulnerabilities without waiver", "0"],
  ["facts about the broker that are checked (specification §1)", "100 %, dated"],
  ["kill drill of each scope", "passed, dated"],
])
  figure(name, bound, undefined, "");

const columns = ["Figure", "Bound of a release", "Value", "Measured (UTC)"];
const widths = columns.map((title, column) => Math.max(title.length, ...rows.map((row) => String(row[column]).length)));
const line = (cells) => `| ${cells.map((cell, column) => String(cell).padEnd(widths[column])).join(" | ")} |`;
console.log(line(columns));
console.log(`|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`);
rows.forEach((row) => console.log(line(row)));
console.log("\nA figure that was not measured blocks live trading, not a paper release (specification §6.4).");
