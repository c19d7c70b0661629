import { alive, commandLine, freePort, gone } from '../processes.ts';
import { Trouble } from '../trouble.ts';
import { lastRun, runs, type RunFile } from './run-file.ts';

/** The gateway's port: `GUANXI_PORT`, else 8080; 0 takes a free one. */
export const gatewayPort = async (): Promise<number> => {
  const wanted = Number(process.env.GUANXI_PORT || 8080);
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65535) throw new Trouble(`GUANXI_PORT=${process.env.GUANXI_PORT} is no port number.`);
  return freePort(wanted).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EACCES' ? 'needs more rights than you have' : 'is taken by another program';
    throw new Trouble(`Port ${wanted} ${reason}. Choose another: GUANXI_PORT=${wanted === 8080 ? 8081 : 8080} npm start`);
  });
};

/** Refuses a second start on the same folder; gives back what an earlier start wrote that did not end properly. */
export const noOtherStart = (folder: string): RunFile | undefined => {
  const last = lastRun(folder);
  if (runs(last))
    throw new Trouble(`Guanxi runs already on ${folder}: process ${last.pid}, ${last.url}. Stop it first (Ctrl-C there, or kill ${last.pid}).`);
  return last;
};

/** Services whose `npm start` was killed end by themselves; waits for that and ends those that do not. */
export const endLeftServices = async (last: RunFile | undefined, say: (text: string) => void): Promise<void> => {
  const left = (last?.processes ?? []).filter(({ pid }) => alive(pid) && commandLine(pid).includes('/dist/main.js'));
  await Promise.all(
    left.map(async ({ name, pid }) => {
      say(`${name} of an earlier start was left behind (process ${pid}); it is stopped.`);
      process.kill(pid, 'SIGTERM');
      if (!(await gone(pid, 20_000))) process.kill(pid, 'SIGKILL');
    }),
  );
};
