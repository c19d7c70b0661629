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

/** `uuid[]` of UUIDs in text. @throws TypeError where one is none */
export const uuids = (items: readonly string[]): Buffer =>
  array(2950, items, (it) => {
    const digits = it.replaceAll('-', '');
    bytes(16, (at) => {
      if (digits.length !== 32 || scratch.write(digits, at, 16, 'hex') !== 16) throw new TypeError('not a UUID');
    });
  });

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
