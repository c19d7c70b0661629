import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second of /proc/<pid>/stat; Linux on x86 and arm both use 100. */
const ticksPerSecond = 100;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
  readonly gone: number;
}

const statOf = (pid: number): Stat | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const at = (i: number) => Number(fields[i - 3]);
    return { pid, parent: at(4), ticks: at(14) + at(15), gone: at(16) + at(17) };
  } catch {
    return undefined;
  }
};

const all = (): Stat[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat !== undefined);

/** CPU seconds that a process and its children have used so far, children that have ended included. */
export const cpuOf = (...roots: readonly number[]): number => {
  const stats = all();
  const tree = new Set(roots);
  for (let grown = true; grown;) {
    grown = false;
    for (const { pid, parent } of stats) if (tree.has(parent) && !tree.has(pid)) grown = Boolean(tree.add(pid));
  }
  const inTree = stats.filter(({ pid }) => tree.has(pid));
  return inTree.reduce((sum, { ticks, gone }) => sum + ticks + gone, 0) / ticksPerSecond;
};

/** CPU seconds that the whole machine has spent busy since it booted. */
export const cpuOfMachine = (): number => {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '')
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq) / ticksPerSecond;
};
