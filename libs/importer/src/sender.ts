import { hash } from 'node:crypto';
import { sendLines, type Answer, type Door } from './door.js';
import { refusalOf, type Tally } from './tally.js';

/** What another system calls a thing. */
export interface Ref {
  readonly system: string;
  readonly id: string;
}

/** A line of a batch, and what it came from. */
export interface Sent {
  readonly line: number;
  /** What its answer counts as: a row of the file, or what was done for a customer on the way. */
  readonly as: 'row' | 'customer' | 'member';
  readonly text: string;
}

/** Lines that travel in one request: enough to keep the gateway busy, few enough to be sent again after a break. */
const chunkLines = 5_000;
const chunkBytes = 4_000_000;
const longestKey = 200;

/** The same thing of the same file has the same key for ever: a second run does nothing twice. */
export const keyOf = (kind: string, { system, id }: Ref): string => {
  const key = `import:${kind}:${system}:${id}`;
  return key.length <= longestKey ? key : `import:${kind}:${hash('sha256', `${system}:${id}`)}`;
};

/** A line of the batch door. */
export const lineOf = (command: string, idempotencyKey: string, request: object): string => JSON.stringify({ command, idempotencyKey, request });

/** Refusals that only say that the customer is there, or a member, already. */
const knownAlready = ['external-ref-taken', 'already-enrolled', 'idempotency-key-reused'];

/** Where done and done before are counted. */
const places = { row: ['done', 'again'], customer: ['registered', 'known'], member: ['enrolled', 'members'] } as const;

const count = (tally: Tally, { line, as }: Sent, answer: Answer): void => {
  const [now, before] = places[as];
  const refusal = answer.ok ? undefined : refusalOf(line, answer.problem);
  const known = answer.ok ? answer.again : as !== 'row' && knownAlready.includes(refusal?.reason ?? '');
  if (refusal && !known) tally.refuse(refusal);
  else tally.counts[known ? before : now]++;
};

/** Sends in chunks, reading the next one while the last is under way. */
export class Sender {
  private chunk: Sent[] = [];
  private bytes = 0;
  private sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly door: Door | undefined,
    private readonly tally: Tally,
  ) {}

  async add(sent: Sent): Promise<void> {
    this.chunk.push(sent);
    this.bytes += sent.text.length;
    if (this.chunk.length >= chunkLines || this.bytes >= chunkBytes) await this.flush();
  }

  async flush(): Promise<void> {
    const chunk = this.chunk;
    this.chunk = [];
    this.bytes = 0;
    await this.sending;
    this.sending = this.send(chunk);
    // Looked at by the next flush; until then a failure must not count as unhandled.
    this.sending.catch(() => undefined);
  }

  async end(): Promise<void> {
    await this.flush();
    await this.sending;
  }

  private async send(chunk: readonly Sent[]): Promise<void> {
    if (!this.door) {
      for (const sent of chunk) count(this.tally, sent, { ok: true, again: false });
      return;
    }
    const texts = chunk.map(({ text }) => text);
    await sendLines(this.door, texts, (answer, i) => count(this.tally, chunk[i]!, answer));
  }
}
