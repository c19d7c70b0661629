import { boot } from '../boot.js';
import { noteQueries, notes } from './notes.js';

// What a service's main.ts is.
await boot(notes, [noteQueries]);
