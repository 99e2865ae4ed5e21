import { cpus } from "node:os";

/** Between two looks, in ms. */
const LOOK_MS = 300;
/** A machine that does not get calm in so many looks is measured as it is. */
const LOOKS = 40;

/** Processor time since start, of all cores, in ms. */
function spent(): { idle: number; all: number } {
  const times = cpus().flatMap((cpu) => Object.entries(cpu.times));
  const sum = (chosen: typeof times) => chosen.reduce((ms, [, more]) => ms + more, 0);
  return { idle: sum(times.filter(([name]) => name === "idle")), all: sum(times) };
}

/** Waits until nine tenths of the machine are idle: a window that has just been opened loads hundreds of files of the browser's own. */
export async function untilCalm(): Promise<void> {
  let before = spent();
  for (let look = 0; look < LOOKS; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const now = spent();
    if (now.idle - before.idle > 0.9 * (now.all - before.all)) return;
    before = now;
  }
}
