import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { alive, commandLine } from '../processes.ts';
import { readJson, replaceFile } from './data-folder.ts';

/** `run.json`: what runs now, and where. Holds no secret. */
export interface RunFile {
  readonly pid: number;
  readonly startedAt: string;
  readonly release: string;
  /** The gateway. */
  readonly url: string;
  readonly ready: boolean;
  readonly postgres?: { readonly pid: number; readonly port: number };
  /** Without a pid where it runs elsewhere. */
  readonly kafka?: { readonly pid?: number; readonly brokers: string };
  readonly processes: readonly Placed[];
}

/** A service or the gateway; `operations` is where its /metrics and probes are. */
export interface Placed {
  readonly name: string;
  readonly pid: number;
  readonly address: string;
  readonly operations: string;
  readonly falls: number;
}

const file = (folder: string): string => join(folder, 'run.json');

export const writeRun = (folder: string, run: RunFile): void => replaceFile(file(folder), JSON.stringify(run, null, 2));

export const removeRun = (folder: string): void => rmSync(file(folder), { force: true });

/** What the last start wrote, also where it was killed. */
export const lastRun = (folder: string): RunFile | undefined => readJson<RunFile>(file(folder));

/** Whether the start that wrote the file still runs: ids are given again, so the command line is looked at too. */
export const runs = (run: RunFile | undefined): run is RunFile =>
  run !== undefined && alive(run.pid) && commandLine(run.pid).includes('scripts/up.ts');
