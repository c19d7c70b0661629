/** One line of a batch that is not blank. `number` counts all lines of the input from 1, blank ones too; a line that is too long comes without its text. */
export interface Line {
  readonly number: number;
  readonly text: Buffer | undefined;
}

const feed = 0x0a;
const blanks = new Set([0x09, 0x0b, 0x0c, 0x0d, 0x20]);

const isBlank = (text: Buffer): boolean => text.every((byte) => blanks.has(byte));

/**
 * Cuts a stream of bytes into lines, holding at most one unfinished line of `most` bytes; what a longer line has beyond that is dropped at once.
 * Call it with each chunk, and once without one at the end: the last line needs no line feed.
 */
export const lineCutter = (most: number): ((chunk?: Buffer) => Line[]) => {
  let held: Buffer[] = [];
  let size = 0;
  let number = 0;

  const hold = (part: Buffer): void => {
    size += part.length;
    if (size > most) held = [];
    else if (part.length > 0) held.push(part);
  };
  const finish = (lines: Line[]): void => {
    number++;
    const text = held.length === 1 ? held[0]! : Buffer.concat(held);
    if (size > most) lines.push({ number, text: undefined });
    else if (!isBlank(text)) lines.push({ number, text });
    held = [];
    size = 0;
  };

  return (chunk) => {
    const lines: Line[] = [];
    if (!chunk) {
      if (size > 0) finish(lines);
      return lines;
    }
    let from = 0;
    for (let at = chunk.indexOf(feed); at >= 0; at = chunk.indexOf(feed, from)) {
      hold(chunk.subarray(from, at));
      finish(lines);
      from = at + 1;
    }
    // A copy: what is left of a chunk would keep all of it.
    if (from < chunk.length) hold(Buffer.from(chunk.subarray(from)));
    return lines;
  };
};
