/**
 * Derives libs/contracts/src/{guanxi,google,buf} and libs/contracts/documents from proto/. Does nothing while proto/ and the
 * generators are unchanged, so every other command may call it first.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const contracts = join(root, 'libs/contracts');
const sources = ['proto', 'libs/contracts/plugin', 'libs/contracts/src', 'buf.gen.yaml', 'buf.yaml', 'scripts/generate.ts', 'package.json'];
const folders = ['guanxi', 'google', 'buf'];
const stamp = join(contracts, 'documents', 'generated.sha256');

const filesIn = (path: string): string[] =>
  statSync(path).isFile()
    ? [path]
    : readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((it) => it.isFile())
        .map((it) => join(it.parentPath, it.name))
        .sort();

const isDerived = (file: string): boolean => file.endsWith('.spec.ts') || folders.some((it) => file.startsWith(join(contracts, 'src', it)));

/** One hash over the names and bytes of everything that the output depends on. */
const hashOf = (paths: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((it) => filesIn(join(root, it))).filter((it) => !isDerived(it)))
    hash.update(relative(root, file)).update('\0').update(readFileSync(file));
  return hash.digest('hex');
};

const run = (args: readonly string[]): void => {
  const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}` };
  const { status, error } = spawnSync(args[0]!, args.slice(1), { cwd: root, env, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
};

/** Writes what differs and removes what is gone, so that a compiler watching the folder sees only true changes. */
const put = (from: string, to: string): void => {
  const wanted = new Set(filesIn(from).map((file) => relative(from, file)));
  for (const file of wanted) {
    const text = readFileSync(join(from, file));
    const target = join(to, file);
    if (existsSync(target) && readFileSync(target).equals(text)) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  if (existsSync(to)) for (const file of filesIn(to)) if (!wanted.has(relative(to, file))) rmSync(file);
};

/** The documents, from an image that has the comments; the compiled library makes them. Loaded only here: no-op runs stay quick. */
const documents = async (image: string): Promise<void> => {
  run(['tsc', '-b', 'libs/contracts']);
  run(['buf', 'build', '-o', image]);
  const { documentsOf } = await import('./generate-documents.ts');
  for (const [name, text] of Object.entries(await documentsOf(root, image))) writeFileSync(join(contracts, `documents/${name}.json`), text);
};

const hash = hashOf(sources);
const outputs = ['documents/openapi.json', 'documents/asyncapi.json', 'documents/titles.json', ...folders.map((it) => `src/${it}`)];
const done = existsSync(stamp) && readFileSync(stamp, 'utf8') === hash && outputs.every((it) => existsSync(join(contracts, it)));
if (!done) {
  const started = performance.now();
  const work = mkdtempSync(join(tmpdir(), 'guanxi-generate-'));
  try {
    run(['buf', 'generate', '-o', work]);
    for (const folder of folders) put(join(work, folder), join(contracts, 'src', folder));
    mkdirSync(dirname(stamp), { recursive: true });
    await documents(join(work, 'image.binpb'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  writeFileSync(stamp, hash);
  console.log(`generated from proto/ in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
