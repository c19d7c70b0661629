import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable, Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Line } from './batch.lines.js';
import { BatchRun } from './batch.run.js';

const million = 1_000_000;

/** A source that makes lines as long as somebody reads. */
const endless = (count: { read: number }, width = 20) =>
  new Readable({
    read() {
      if (count.read >= million) return void this.push(null);
      count.read += 100;
      this.push(`${'x'.repeat(width)}\n`.repeat(100));
    },
  });

const sink = (take: (text: string, done: () => void) => void) =>
  new Writable({ highWaterMark: 1_000, write: (chunk, _encoding, done) => take(String(chunk), done) });

const run = (input: Readable, output: Writable, answer: (line: Line) => Promise<string | undefined>) =>
  new BatchRun(input as unknown as IncomingMessage, output as unknown as ServerResponse, answer);

const settle = async () => {
  for (let i = 0; i < 200; i++) await turn();
};

describe('a batch', () => {
  it('reads no further than 512 lines while none is answered', async () => {
    const count = { read: 0 };
    let begun = 0;
    void run(
      endless(count),
      sink((_text, done) => done()),
      () => {
        begun++;
        return new Promise(() => undefined);
      },
    ).run();
    await settle();
    expect(begun).toBe(512);
    expect(count.read).toBeLessThan(20_000);
  });
  it('holds at most 16 MiB of lines', async () => {
    let begun = 0;
    void run(
      endless({ read: 0 }, 200_000),
      sink((_text, done) => done()),
      () => {
        begun++;
        return new Promise(() => undefined);
      },
    ).run();
    await settle();
    expect(begun).toBe(84);
  });
  it('reads no further while the client takes no answers', async () => {
    const count = { read: 0 };
    let begun = 0;
    void run(
      endless(count),
      sink(() => undefined),
      (line) => {
        begun++;
        return Promise.resolve(`${line.number}\n`);
      },
    ).run();
    await settle();
    expect(begun).toBeLessThan(2_000);
    expect(count.read).toBeLessThan(20_000);
  });
  it('answers every line once and in order, however slowly answers are taken', async () => {
    const source = Readable.from([Buffer.from('a\n'.repeat(5_000))]);
    let text = '';
    const output = sink((chunk, done) => {
      text += chunk;
      setImmediate(done);
    });
    await run(source, output, async (line) => {
      for (let i = line.number % 5; i > 0; i--) await turn();
      return `${line.number}\n`;
    }).run();
    expect(text).toBe(Array.from({ length: 5_000 }, (_, i) => `${i + 1}\n`).join(''));
    expect(output.writableFinished).toBe(true);
  });
  it('breaks off where the gateway stops, after the answers in flight', async () => {
    const input = new Readable({ read: () => undefined });
    let text = '';
    const output = sink((chunk, done) => {
      text += chunk;
      done();
    });
    const held = Promise.withResolvers<void>();
    const batch = run(input, output, async (line) => {
      await held.promise;
      return `${line.number}\n`;
    });
    const done = batch.run();
    input.push('a\nb\nc\n');
    await settle();
    batch.stop();
    input.push('d\n');
    held.resolve();
    await done;
    expect(text).toBe('1\n2\n3\n');
    expect(output.writableFinished).toBe(false);
  });
  it('breaks off before a line that was given up', async () => {
    let text = '';
    const output = sink((chunk, done) => {
      text += chunk;
      done();
    });
    await run(Readable.from([Buffer.from('a\nb\nc\nd\n')]), output, (line) =>
      Promise.resolve(line.number === 3 ? undefined : `${line.number}\n`),
    ).run();
    expect(text).toBe('1\n2\n');
    expect(output.writableFinished).toBe(false);
  });
});
