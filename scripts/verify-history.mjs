#!/usr/bin/env node
// Verifies an exported history as docs/history-format.md says. No code of the services, no network, no database: keep a copy of your own.
import { isUtf8 } from 'node:buffer';
import crypto from 'node:crypto';
import { createReadStream, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { parseArgs } from 'node:util';
import { createGunzip } from 'node:zlib';
const head = new RegExp(
  String.raw`^\{"specversion":"1\.0","id":"[^"\\]+","source":"([^"\\]+)","type":"[^"\\]+","subject":"([^"\\/]+/[^"\\]+)","time":"([\dT:.-]{23}Z)",` +
    String.raw`"datacontenttype":"application/json","streamversion":(\d+),"schemaversion":\d+,`,
);
/** Ends a verification. Exit code 1: not what was signed, somewhere from `first` to `last`; 2: nothing can be said. */
const end = (exit, reason, first = null, last = first) => {
  throw Object.assign(new Error(reason), { exit, first, last });
};
const shown = (text) => JSON.stringify(String(text).slice(0, 200));
const decoded = (text, length) => {
  const bytes = Buffer.from(String(text), 'base64');
  return bytes.toString('base64') === text && (!length || bytes.length === length) ? bytes : end(2, `${shown(text)} is no fitting base64`);
};
const sha256 = crypto.hash ? (it) => crypto.hash('sha256', it, 'latin1') : (it) => crypto.createHash('sha256').update(it).digest('latin1');
const hashOf = (text) => decoded(text, 32).toString('latin1');
const pair = Buffer.alloc(65, 1);
const node = (left, right) => pair.write(left + right, 1, 'latin1') && sha256(pair);
const rootOf = (edge) => (edge.length ? edge.reduceRight((right, left) => node(left, right)) : sha256(''));
const grow = (edge, size, leaf) => {
  let hash = leaf;
  for (let n = size; n % 2; n = (n - 1) / 2) hash = node(edge.pop(), hash);
  edge.push(hash);
  return size + 1;
};
const split = (size, left = 1) => (2 * left < size ? split(size, 2 * left) : left);
const pull = (path) => path.pop() ?? '-'.repeat(32);
/** The roots of the trees of `at` and of `size` leaves to which a path leads, from a leaf or from the smaller root: RFC 9162 §2.1.3, §2.1.4. */
const climb = (path, at, size, start, fromLeaf) => {
  if (size === (fromLeaf ? 1 : at)) return Array(2).fill(start ?? pull(path));
  const [left, hash] = [split(size), pull(path)];
  if (at > left) return climb(path, at - left, size - left, fromLeaf ? start : undefined, fromLeaf).map((it) => node(hash, it));
  const [smaller, larger] = climb(path, at, left, start, fromLeaf);
  return [smaller, node(larger, hash)];
};
const consistent = ({ from, to, path: [...path] }, both) =>
  from >= 1 && from <= to && climb(path, from, to, both[0]).every((it, i) => it === both[i]) && !path.length;
const proofOf = (text) => JSON.parse(text, (name, it) => (name === 'path' ? it.map(hashOf) : /^\d{1,15}$/.test(it) ? Number(it) : it));
/** Blocks of whole lines; the first byte of a block is no part of them. */
async function* blocksOf(stream) {
  let rest = Buffer.alloc(1);
  for await (const chunk of stream) {
    const whole = chunk.lastIndexOf(10) + 1;
    const block = Buffer.concat([rest, whole ? chunk.subarray(0, whole) : chunk]);
    if (block.length > 2 ** 26) end(2, 'a line is longer than 64 MiB');
    rest = whole ? Buffer.concat([Buffer.alloc(1), chunk.subarray(whole)]) : block;
    if (whole) yield block;
  }
  if (rest.length > 1) yield Buffer.concat([rest, Buffer.from('\n')]);
}
async function* linesOf(path) {
  for await (const block of blocksOf(createReadStream(path))) yield* block.toString('utf8', 1, block.length - 1).split(/\r?\n/);
}
async function* eventsOf(dir) {
  for await (const block of blocksOf(pipeline(createReadStream(join(dir, 'events.ndjson.gz')), createGunzip({ chunkSize: 2 ** 18 }), () => {}))) {
    const [clean, events] = [isUtf8(block), []];
    for (let start = 1, stop; start < block.length; start = stop + 1) {
      stop = block.indexOf(10, start);
      // The byte before a line, mostly a line feed, becomes the leaf's 0x00, so that nothing is copied.
      block[start - 1] = 0;
      const text = clean || isUtf8(block.subarray(start, stop)) ? block.toString('latin1', start, stop) : '';
      events.push({ text, leaf: sha256(block.subarray(start - 1, stop)) });
    }
    yield events;
  }
}
/** Checkpoints, verifier keys and proofs, in the order of the lines; empty lines only part them. */
async function* notesOf(path) {
  let [text, signatures] = ['', []];
  const taken = () => {
    const [origin, size, root] = text.split('\n');
    if (!signatures.length || !/^(0|[1-9]\d{0,14})$/.test(size)) end(2, `${shown(origin)} begins no checkpoint`);
    const note = { origin, size: Number(size), root: hashOf(root), text: Buffer.from(text), signatures };
    [text, signatures] = ['', []];
    return { note };
  };
  for await (const line of linesOf(path)) {
    const [, signer, signature] = /^— (\S+) (\S+)$/.exec(line) ?? [];
    if (line && !signer && signatures.length) yield taken();
    if (signer) signatures.push({ signer, bytes: decoded(signature) });
    else if (!text && line.startsWith('{')) yield { proof: proofOf(line) };
    else if (!text && /^[^\s+]+\+[0-9a-f]{8}\+\S+$/.test(line)) yield { key: line };
    else if (line) text += `${line}\n`;
  }
  if (text || signatures.length) yield taken();
}
const trustOf = async (path) => {
  const trust = { keys: new Map(), notes: [], proofs: [] };
  for await (const { note, proof, key } of notesOf(path)) {
    if (note) trust.notes.push(note);
    if (proof) trust.proofs.push(proof);
    if (!key) continue;
    const [name, id, ...rest] = key.split('+');
    const bytes = decoded(rest.join('+'), 33);
    const right = Buffer.from(sha256(Buffer.concat([Buffer.from(`${name}\n`), bytes])), 'latin1').toString('hex', 0, 4);
    if (bytes[0] !== 1 || right !== id) end(2, `the key ${shown(name)} is no Ed25519 key, or its id is not its own`);
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url', 1) };
    trust.keys.set(`${name}+${id}`, crypto.createPublicKey({ format: 'jwk', key: jwk }));
  }
  return trust;
};
const manifestOf = (dir) => {
  if (!dir) end(2, 'usage: node verify-history.mjs DIR [--kept FILE] [--json]');
  const manifest = { previousOrigins: [], complete: true, ...JSON.parse(readFileSync(join(dir, 'manifest.json'))) };
  const { format, service, namespace, epoch, origin, from, to, previousOrigins } = manifest;
  if (format !== 1) end(2, `the bundle is of format ${shown(format)}; this verifier knows format 1`);
  const log = `guanxi/${namespace}/${service}/`;
  if (origin !== log + epoch || ![from, to].every(Number.isSafeInteger) || from < 1 || to < from - 1) end(2, 'manifest.json does not fit together');
  // Of an older epoch only that is left which every later one shares with it.
  const limits = new Map([[origin, Infinity]]);
  for (const it of [...previousOrigins].reverse()) limits.set(it.origin, Math.min(it.base, ...limits.values()));
  return { ...manifest, dir, log, limits };
};
/** Ends where a checkpoint is of another history, or not signed by a known key of its service. */
const believe = ({ origin, size, signatures, text }, { service, log, limits, keys }, seen, whose = 'the') => {
  const [name, which, left] = [`guanxi/${service}`, `${whose} checkpoint of size ${size}`, limits.get(origin)];
  if (left === undefined) end(origin?.startsWith(log) ? 1 : 2, `${which} is of ${shown(origin)}, which this bundle does not know`);
  if (size > left) end(1, `${which} is of an epoch of which only ${left} events are left: a later one replaced the others`, left + 1, size);
  const keyOf = ({ signer, bytes }) => (signer === name ? keys.get(`${name}+${bytes.toString('hex', 0, 4)}`) : undefined);
  const known = signatures.filter(keyOf);
  if (!known.length) seen.stranger ??= `${which} is signed by no key of ${name} that is known here`;
  if (!known.every((it) => crypto.verify(null, text, keyOf(it), it.bytes.subarray(4)))) end(1, `${which} is wrongly signed`, seen.signed + 1, size);
  seen.checkpoints++;
};
/** Why a text is no record that can stand here; undefined where it is one. What follows `schemaversion` is signed, and not read. */
const flawOf = (text, { service, from, to, complete }, seen) => {
  const [, source, subject, time, version] = head.exec(text) ?? [];
  if (seen.position > to) return `the manifest says that the events end at ${to}`;
  if (source !== `/guanxi/${service}` || !text.endsWith('}')) return `the line has not the attributes of a record of ${service}`;
  if (time < seen.lastTime) return `its time ${time} is before ${seen.lastTime}, which stands before it`;
  const last = seen.versions.get(subject) ?? (complete || from === 1 ? 0 : version - 1);
  if (Number(version) !== last + 1) return `version ${version} of ${shown(subject)} stands where ${last + 1} is due`;
  // Copied, or each stream would hold its first text in memory.
  seen.versions.set(last ? subject : Buffer.from(subject, 'latin1').toString('latin1'), last + 1);
  seen.lastTime = time;
  seen.firstTime ??= time;
  seen.events++;
};
const placeOf = async (proofs, leaf, roots, seen) => {
  const { position, size, path } = proofOf((await proofs.next()).value || '{}');
  const root = roots.get(size);
  if (!root || !(position > seen.position)) end(2, `proofs.ndjson: after position ${seen.position} comes none that fits`);
  const held = position <= size && climb(path, position, size, leaf, true)[1] === root && !path.length;
  return held ? position : end(1, 'the event is not the one under the signed root', position);
};
/** Takes each event to its place: in the growing tree, whose root is compared with every signed one, or by its own proof. Fills in `roots`. */
const walk = async (bundle, seen, roots) => {
  const { dir, from, to, complete } = bundle;
  const { size, hashes = [], streams = {} } = complete && from > 1 ? JSON.parse(readFileSync(join(dir, 'edge.json'))) : { size: from - 1 };
  if (size !== from - 1) end(2, `edge.json is not of size ${from - 1}`);
  const edge = hashes.map((it) => Buffer.from(it, 'hex').toString('latin1'));
  for (const [subject, first] of Object.entries(streams)) seen.versions.set(subject, first - 1);
  const [notes, proofs] = [notesOf(join(dir, 'checkpoints.txt')), linesOf(join(dir, 'proofs.ndjson'))];
  const following = async () => {
    const note = (await notes.next()).value?.note;
    if (note?.size < seen.position) end(2, `checkpoints.txt: size ${note.size} stands in the wrong place`);
    if (note?.size > to) end(1, 'checkpoints.txt goes on after the last event', to + 1, note.size);
    if (note) believe(note, bundle, seen);
    return note;
  };
  let checkpoint = await following();
  for (; !complete && checkpoint; checkpoint = await following()) roots.set(checkpoint.size, checkpoint.root);
  const meet = async () => {
    const [root, size] = [rootOf(edge), seen.position];
    if (roots.has(size)) roots.set(size, root);
    for (; checkpoint?.size === size; checkpoint = await following()) {
      if (checkpoint.root !== root) end(1, `the root of size ${size} is not the signed one`, seen.signed + 1, size);
      if (!seen.stranger) seen.signed = size;
    }
  };
  if (complete) await meet();
  for await (const events of eventsOf(dir)) {
    for (const { text, leaf } of events) {
      seen.position = complete ? grow(edge, seen.position, leaf) : await placeOf(proofs, leaf, roots, seen);
      const why = flawOf(text, bundle, seen);
      if (why) end(1, why, complete ? seen.signed + 1 : seen.position, seen.position);
      if (complete && (checkpoint?.size === seen.position || roots.has(seen.position))) await meet();
    }
  }
  if (complete && seen.position < to) end(1, `the events end here, the manifest says at ${to}`, seen.signed + 1, seen.position + 1);
  if (complete && seen.signed < to && !seen.stranger) end(1, 'no checkpoint signs the last events', seen.signed + 1, to + 1);
};
const compare = (kept, roots, proofs, seen, to) =>
  kept.filter(({ size, root }) => {
    const proof = proofs.find((it) => (it.from === size && roots.get(it.to)) || (it.to === size && roots.get(it.from)));
    const rootAt = (it) => roots.get(it) ?? root;
    const holds = roots.get(size) ? roots.get(size) === root : proof && consistent(proof, [rootAt(proof.from), rootAt(proof.to)]);
    if (holds === false) end(1, `the checkpoint of size ${size} that you kept is not of this history`, seen.kept + 1, size);
    if (!holds && size > to) end(1, `you kept a checkpoint of size ${size}: the history was cut, or is older and lacks a proof`, seen.kept + 1, size);
    if (holds) seen.kept = size;
    return !holds;
  });
const prove = async (dir, keptFile, seen) => {
  const [manifest, damaged] = [manifestOf(dir), []];
  const { service, from, to, complete, log, previousOrigins } = manifest;
  for await (const line of linesOf(join(dir, 'SHA256SUMS'))) {
    const [, sum, name] = /^([0-9a-f]{64}) [ *](?:\.\/)?((?!\/|.*\.\.).+)$/.exec(line) ?? end(2, 'SHA256SUMS has a line that is none of sha256sum');
    const hash = crypto.createHash('sha256');
    for await (const chunk of createReadStream(join(dir, name))) hash.update(chunk);
    if (hash.digest('hex') !== sum) damaged.push(name);
  }
  const { keys, notes, proofs } = await trustOf(keptFile ?? join(dir, 'keys.txt'));
  if (![...keys.keys()].some((it) => it.startsWith(`guanxi/${service}+`))) end(2, `no key of guanxi/${service} is known`);
  const kept = notes.filter((it) => it.origin.startsWith(log)).sort((a, b) => a.size - b.size);
  if (notes.length && !kept.length) end(2, `you kept checkpoints of others only, such as one of ${shown(notes[0].origin)}`);
  for (const note of kept) believe(note, { ...manifest, keys }, seen, 'your');
  const roots = new Map([...kept, ...proofs, ...previousOrigins].flatMap((it) => [it.size, it.base, it.from, it.to]).map((size) => [size]));
  seen.position = from - 1;
  const flaw = await walk({ ...manifest, keys }, seen, roots).catch((error) => error);
  // What contradicts the auditor's own papers is said first: a holder of the key can sign all else.
  const open = compare(kept, roots, proofs, seen, flaw ? Infinity : to);
  if (flaw) throw flaw.first && kept.length && complete ? Object.assign(flaw, { first: seen.kept + 1 }) : flaw;
  const other = previousOrigins.find((it) => roots.get(it.base) && roots.get(it.base) !== hashOf(it.root));
  if (other) end(1, `the manifest states another root of size ${other.base}`, 1, other.base);
  if (seen.stranger) end(1, seen.stranger);
  if (damaged.length) end(1, `SHA256SUMS does not fit ${damaged.join(', ')}`);
  const notProven = [
    complete ? from > 1 && `the events before ${from}` : 'that no event is missing: these are single ones',
    !keptFile && 'that keys.txt holds the keys of the service: you kept none',
    !kept.length && 'that nothing was rewritten or cut off: you kept no checkpoint',
    ...open.map(({ size }) => `your checkpoint of size ${size}: it lies outside`),
    'what types, schema versions and contracts mean: the texts are signed, nothing else',
  ].filter(Boolean);
  const counts = { events: seen.events, streams: seen.versions.size, checkpoints: seen.checkpoints - kept.length, kept: kept.length - open.length };
  return { service, from, to, ...counts, firstTime: seen.firstTime, lastTime: seen.lastTime, notProven };
};
export const verify = async (dir, keptFile) => {
  const seen = { position: 0, signed: 0, kept: 0, checkpoints: 0, events: 0, versions: new Map(), lastTime: '' };
  try {
    return { verdict: 'PASS', exit: 0, ...(await prove(dir, keptFile, seen)) };
  } catch ({ exit = 2, message, first, last }) {
    return { verdict: exit === 1 ? 'FAIL' : 'UNUSABLE', exit, reason: message, first, last, signed: seen.signed, kept: seen.kept };
  }
};
// Where Node is too old to know its own file's name, it is taken for the program: silence would look like a PASS.
if (process.argv[1] && (import.meta.filename ?? realpathSync(process.argv[1])) === realpathSync(process.argv[1])) {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { kept: { type: 'string' }, json: { type: 'boolean' } } });
  const result = await verify(positionals[0], values.kept);
  const lines = Object.entries(result).map(([name, it]) => `${name.padEnd(12)}${[it].flat().join('; ')}`);
  console.log(values.json ? JSON.stringify(result) : lines.join('\n'));
  process.exitCode = result.exit;
}
