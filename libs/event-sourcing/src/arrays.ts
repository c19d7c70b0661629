// PostgreSQL's binary array format. As text, each quotation mark of a record is escaped here and read again there: a third of the rate.

let scratch = Buffer.allocUnsafeSlow(1 << 16);
let end = 0;

const room = (bytes: number): void => {
  if (end + bytes <= scratch.length) return;
  const larger = Buffer.allocUnsafeSlow(Math.max(2 * scratch.length, end + bytes));
  scratch.copy(larger, 0, 0, end);
  scratch = larger;
};

const int32 = (value: number): void => {
  end = scratch.writeInt32BE(value, end);
};

/** A one-dimensional array of a type without nulls: dimensions, has nulls, element type, length, lower bound, then the elements. */
const array = <T>(type: number, items: readonly T[], write: (item: T) => void): Buffer => {
  end = 0;
  const header = items.length === 0 ? [0, 0, type] : [1, 0, type, items.length, 1];
  header.forEach(int32);
  items.forEach(write);
  return Buffer.from(scratch.subarray(0, end));
};

const bytes = (size: number, write: (at: number) => void): void => {
  room(4 + size);
  int32(size);
  write(end);
  end += size;
};

const hyphen = 0x2d;
/** The value of a hexadecimal digit by its character code, -1 for what is none. */
const nibbles = Int8Array.from({ length: 128 }, (_, code) => '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase()));

/** Half of what it takes by way of a string without hyphens; a group of 32 commands has 160. */
const writeUuid = (text: string, at: number): void => {
  let [digits, high, signs] = [0, 0, 0];
  for (let n = 0; n < text.length && digits <= 32; n++) {
    const code = text.charCodeAt(n);
    if (code === hyphen) continue;
    const nibble = nibbles[code] ?? -1;
    signs |= nibble;
    if (digits % 2) scratch[at + (digits >> 1)] = high | nibble;
    else high = nibble << 4;
    digits++;
  }
  if (digits !== 32 || signs < 0) throw new TypeError('not a UUID');
};

/** `uuid[]` of UUIDs in text. @throws TypeError where one is none */
export const uuids = (items: readonly string[]): Buffer => array(2950, items, (it) => bytes(16, (at) => writeUuid(it, at)));

/** `int4[]`. */
export const int4s = (items: readonly number[]): Buffer => array(23, items, (it) => bytes(4, (at) => scratch.writeInt32BE(it, at)));

/** `int2[]`. */
export const int2s = (items: readonly number[]): Buffer => array(21, items, (it) => bytes(2, (at) => scratch.writeInt16BE(it, at)));

/** `bytea[]`. */
export const byteas = (items: readonly Uint8Array[]): Buffer => array(17, items, (it) => bytes(it.length, (at) => scratch.set(it, at)));

/** `text[]`, UTF-8. */
export const texts = (items: readonly string[]): Buffer =>
  array(25, items, (it) => {
    room(4 + it.length * 3);
    const size = scratch.write(it, end + 4, 'utf8');
    int32(size);
    end += size;
  });
