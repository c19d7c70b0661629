import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { alive, commandLine, freePort, gone } from '../processes.ts';
import { Trouble } from '../trouble.ts';
import { kafkaJars, type KafkaJars } from './jars.ts';
import { serverProperties, type Settings } from './properties.ts';

/** A running Kafka broker of our own. */
export interface Broker {
  /** For KAFKA_BROKERS: `127.0.0.1:port`. */
  readonly brokers: string;
  readonly port: number;
  readonly pid: number;
  /** Ends when the broker has ended, with how it did. */
  readonly ended: Promise<string>;
  /** Asks it to end: what it holds is written first. */
  stop(): Promise<void>;
  /** Ends it as a power failure would. */
  kill(): Promise<void>;
}

const started = 'Kafka Server started';
const patienceMs = 30_000;
const startMs = 120_000;

const lastWords = (log: string): string => readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n');

/** Ends a broker that was left on this folder by a parent that was killed. */
export const endLeftBroker = async (folder: string): Promise<void> => {
  const file = join(folder, 'pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  if (!alive(pid) || !commandLine(pid).includes(folder)) return;
  process.kill(pid, 'SIGTERM');
  if (!(await gone(pid, patienceMs))) process.kill(pid, 'SIGKILL');
  await gone(pid, patienceMs);
};

/**
 * Starts Apache Kafka on loopback, one node without TLS, its data, settings and log in `folder`, which is made where it is missing.
 * Any free port unless one is given. Resolves when it takes requests. @throws Trouble without Java, without its jars, or with its last words
 */
export const startBroker = async (folder: string, port?: number, more: Settings = {}): Promise<Broker> => {
  const jars = await kafkaJars();
  mkdirSync(folder, { recursive: true });
  await endLeftBroker(folder);
  const [properties, log, data] = ['server.properties', 'log', 'data'].map((name) => join(folder, name)) as [string, string, string];
  const place = { port: port ?? (await freePort()), controllerPort: await freePort(), data };
  writeFileSync(properties, serverProperties(place, more));
  if (!existsSync(join(data, 'meta.properties'))) await format(jars, folder, properties, log);

  const from = existsSync(log) ? statSync(log).size : 0;
  const child = launch(jars, folder, log, ['kafka.Kafka', properties]);
  writeFileSync(join(folder, 'pid'), `${child.pid ?? 0}`);
  let running = true;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not be started (${error.message})`));
    child.once('exit', (code, signal) => resolve(`ended by itself (${signal ?? `code ${code}`}), its words are in ${log}`));
  }).finally(() => (running = false));
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    await ended;
    clearTimeout(timer);
  };
  for (const until = Date.now() + startMs; !readFileSync(log).subarray(from).includes(started); await sleep(50)) {
    if (running && Date.now() < until) continue;
    await end('SIGKILL');
    throw new Trouble(`Apache Kafka did not start in ${folder}. Its last words:\n${lastWords(log)}`);
  }
  return { brokers: `127.0.0.1:${place.port}`, port: place.port, pid: child.pid ?? 0, ended, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
};

/** A JVM in a process group of its own: a Ctrl-C must not reach it before its clients. */
const launch = ({ java, classpath }: KafkaJars, folder: string, log: string, program: string[]) => {
  const memory = ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  const logging = `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'log4j2.properties')}`;
  const to = openSync(log, 'a');
  const child = spawn(java, [...memory, logging, '-cp', classpath, ...program], { cwd: folder, stdio: ['ignore', to, to], detached: true });
  closeSync(to);
  return child;
};

const format = async (jars: KafkaJars, folder: string, properties: string, log: string): Promise<void> => {
  rmSync(join(folder, 'data'), { recursive: true, force: true });
  // As one word: an id may begin with a dash.
  const id = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
  const child = launch(jars, folder, log, ['kafka.tools.StorageTool', 'format', `--cluster-id=${id}`, '-c', properties]);
  const code = await new Promise((done) => child.once('error', done).once('exit', done));
  if (code !== 0) throw new Trouble(`Apache Kafka could not make its folder ${folder}. Its last words:\n${lastWords(log)}`);
};
