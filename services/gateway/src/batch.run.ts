import type { IncomingMessage, ServerResponse } from 'node:http';
import { lineCutter, type Line } from './batch.lines.js';

const mostBytes = 262_144;
/** Lines begun and not yet answered: enough to fill the services' appends, few enough to leave the wire to others. */
const mostInFlight = 512;
const mostBytesInFlight = 16 * 1024 * 1024;

/** Where a line's answer is kept until those before it are written. */
interface Slot {
  readonly bytes: number;
  done: boolean;
  text: string | undefined;
}

/**
 * Reads lines from a request, has each one answered, and writes the answers in the lines' order. It reads on only while few lines are
 * in flight and the client takes the answers, so what it holds does not depend on the number of lines.
 */
export class BatchRun {
  private readonly cut = lineCutter(mostBytes);
  private readonly slots: Slot[] = [];
  private pending: Line[] = [];
  private bytes = 0;
  private ended = false;
  private stopped = false;
  private gone = false;
  private flushing = false;
  private readonly done = Promise.withResolvers<void>();

  constructor(
    private readonly input: IncomingMessage,
    private readonly output: ServerResponse,
    /** Never rejects; undefined where the line was given up, so that the batch has to break off before it. */
    private readonly answer: (line: Line) => Promise<string | undefined>,
  ) {}

  /** Has the client gone? While nothing is read from it, only the next answer that can't be written tells. */
  readonly hasGone = (): boolean => this.gone;

  /** Resolves when the last answer is written, or the client has gone. */
  run(): Promise<void> {
    this.input.on('data', (chunk: Buffer) => this.take(this.cut(chunk)));
    this.input.on('end', () => {
      this.ended = true;
      this.take(this.cut());
    });
    this.output.on('drain', () => this.begin());
    // Errors are told by 'close' too.
    this.input.on('error', () => undefined);
    this.output.on('error', () => undefined);
    this.output.on('close', () => {
      this.gone = true;
      this.pending = [];
      this.done.resolve();
    });
    return this.done.promise;
  }

  /** Begins no further line, answers those in flight, then breaks off: a clean end would look like the end of the input. */
  stop(): void {
    this.stopped = true;
    this.pending = [];
    this.input.pause();
    this.begin();
  }

  private take(lines: Line[]): void {
    if (this.stopped || this.gone) return;
    this.pending.push(...lines);
    this.begin();
  }

  private get hasRoom(): boolean {
    return this.slots.length < mostInFlight && this.bytes < mostBytesInFlight && !this.output.writableNeedDrain;
  }

  private begin(): void {
    if (this.gone) return;
    let next = 0;
    while (next < this.pending.length && this.hasRoom) this.start(this.pending[next++]!);
    this.pending.splice(0, next);
    if (this.slots.length === 0 && (this.stopped || (this.ended && this.pending.length === 0))) this.finish();
    else if (this.pending.length > 0) this.input.pause();
    else if (!this.stopped) this.input.resume();
  }

  private start(line: Line): void {
    const slot: Slot = { bytes: line.text?.length ?? 0, done: false, text: undefined };
    this.slots.push(slot);
    this.bytes += slot.bytes;
    void this.answer(line).then((text) => {
      slot.done = true;
      slot.text = text;
      this.flushSoon();
    });
  }

  /** Answers of one turn of the event loop leave in one write. */
  private flushSoon(): void {
    if (this.flushing || !this.slots[0]?.done) return;
    this.flushing = true;
    setImmediate(() => {
      this.flushing = false;
      const ready = this.slots.findIndex(({ text }) => text === undefined);
      const answered = this.slots.splice(0, ready < 0 ? this.slots.length : ready);
      for (const { bytes } of answered) this.bytes -= bytes;
      if (answered.length > 0 && !this.gone) this.output.write(answered.map(({ text }) => text).join(''));
      if (this.slots[0]?.done) this.breakOff();
      else this.begin();
    });
  }

  private finish(): void {
    if (this.stopped && !this.ended) this.breakOff();
    else this.output.end();
  }

  private breakOff(): void {
    this.stopped = true;
    if (this.output.socket) this.output.socket.destroySoon();
    else this.output.destroy();
  }
}
