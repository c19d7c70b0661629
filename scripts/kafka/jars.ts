import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Trouble } from '../trouble.ts';

const pom = join(import.meta.dirname, 'pom.xml');
const listName = 'list.json';
const oldestJava = 17;

/** How the broker's programs are started: `java -cp classpath …`. */
export interface KafkaJars {
  readonly java: string;
  readonly classpath: string;
}

/** The programs that are used, and where jars are kept. */
export interface Tools {
  readonly java: string;
  readonly maven: string;
  readonly cache: string;
}

const tools: Tools = {
  java: process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin/java') : 'java',
  maven: 'mvn',
  cache: join(import.meta.dirname, '../../node_modules/.cache/guanxi-kafka'),
};

/** Apache Kafka's jars: fetched once by Maven into `node_modules/.cache`, for Java 17 or newer. @throws Trouble where one of them is missing */
export const kafkaJars = async ({ java, maven, cache }: Tools = tools): Promise<KafkaJars> => {
  checkJava(java);
  const text = readFileSync(pom, 'utf8');
  const version = /<artifactId>kafka_[\d.]+<\/artifactId>\s*<version>([^<]+)</.exec(text)?.[1] ?? 'unknown';
  const folder = join(cache, version);
  const made = createHash('sha256').update(text).digest('hex');
  if (!isComplete(folder, made)) await fetchJars(maven, folder, made);
  return { java, classpath: join(folder, '*') };
};

const checkJava = (java: string): void => {
  const { stderr, error } = spawnSync(java, ['-version'], { encoding: 'utf8' });
  const wanted = `A local Apache Kafka needs Java ${oldestJava} or newer`;
  if (error) throw new Trouble(`${wanted}, and there is no \`java\`. Install one, or set KAFKA_BROKERS.`);
  const major = Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
  if (major < oldestJava) throw new Trouble(`${wanted}; \`java -version\` says:\n${stderr.trim()}`);
};

type Jars = Readonly<Record<string, number>>;

const sizes = (folder: string): Jars =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name.endsWith('.jar'))
      .map((name) => [name, statSync(join(folder, name)).size]),
  );

/** Whether all that was fetched for this pom is still there; the list is written last. */
const isComplete = (folder: string, made: string): boolean => {
  try {
    const list = JSON.parse(readFileSync(join(folder, listName), 'utf8')) as { made: string; jars: Jars };
    const there = sizes(folder);
    return list.made === made && Object.entries(list.jars).every(([name, size]) => there[name] === size);
  } catch {
    return false;
  }
};

const fetchJars = async (maven: string, folder: string, made: string): Promise<void> => {
  if (spawnSync(maven, ['--version']).error) {
    throw new Trouble('Apache Kafka is fetched by Maven, and there is no `mvn`. Install Maven, or set KAFKA_BROKERS.');
  }
  mkdirSync(dirname(folder), { recursive: true });
  // Beside its place and moved there when it is whole: others may be fetching too.
  const fetched = mkdtempSync(`${folder}-`);
  try {
    await copyJars(maven, fetched);
    writeFileSync(join(fetched, listName), JSON.stringify({ made, jars: sizes(fetched) }));
    if (isComplete(folder, made)) return;
    rmSync(folder, { recursive: true, force: true });
    renameSync(fetched, folder);
  } catch (error) {
    if (!isComplete(folder, made)) throw error;
  } finally {
    rmSync(fetched, { recursive: true, force: true });
  }
};

const copyJars = async (maven: string, to: string): Promise<void> => {
  const flags = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${to}`, '-DincludeScope=runtime'];
  const child = spawn(maven, flags, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const words of [child.stdout, child.stderr]) words.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise((done) => child.once('error', done).once('close', done));
  if (code !== 0) throw new Trouble(`Maven could not fetch Apache Kafka:\n${said.trim().split('\n').slice(0, 5).join('\n')}`);
};
