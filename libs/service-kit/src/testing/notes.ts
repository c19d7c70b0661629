import { decider } from '@guanxi/event-sourcing/decider';
import type { ServiceDefinition } from '@guanxi/event-sourcing/service';
import { view } from '@guanxi/event-sourcing/view';
import { queriesOf } from '../controllers.js';
import { Note, NoteCommands, NoteEvent, NoteQueries } from './notes.contract.js';

const blank: { text: string } = { text: '' };

const note = decider({
  stream: 'note',
  version: 1,
  commands: NoteCommands,
  events: NoteEvent,
  initial: blank,
  creates: ['writeNote'],
  decide: { writeNote: ({ text }) => [{ noteWritten: { text } }], amendNote: ({ text }) => [{ noteAmended: { text } }] },
  evolve: { noteWritten: (_, { text }) => ({ text }), noteAmended: (_, { text }) => ({ text }) },
});

/** The view of the test service. */
export const noteView = view(Note, { version: 1, table: 'note', key: 'noteId', filters: ['createdAt'] }).of(NoteEvent, {
  noteWritten: (_, { text }, { stream, version, at }) => ({ noteId: stream, text, version, createdAt: at }),
  noteAmended: (row, { text }, { version }) => row && { ...row, text, version },
});

/** A whole service, small. */
export const notes: ServiceDefinition = { name: 'notes', deciders: [note], views: [noteView] };

/** Its queries. */
export const noteQueries = queriesOf(NoteQueries, {
  getNote: ({ noteId }, { read }) => read(noteView).get(noteId),
  listNotes: async (request, { read }) => {
    const { rows, nextPageToken } = await read(noteView).list({}, request);
    return { notes: rows, nextPageToken };
  },
});
