/** A signed checkpoint, as far as an export looks into it. */
export interface SignedNote {
  readonly note: string;
  readonly origin: string;
  readonly size: number;
}

/** Reads one signed note. */
export const noteOf = (note: string): SignedNote => {
  const [origin = '', size = ''] = note.split('\n');
  return { note, origin, size: Number(size) };
};

/** Reads signed notes that have an empty line behind each. */
export const notesOf = (text: string): SignedNote[] => {
  // Text and signatures of a note are parted by an empty line too.
  const parts = text.split('\n\n').slice(0, -1);
  return Array.from({ length: parts.length / 2 }, (_, n) => noteOf(`${parts[2 * n]}\n\n${parts[2 * n + 1]}\n`));
};
