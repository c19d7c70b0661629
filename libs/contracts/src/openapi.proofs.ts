import { answer, door, json } from './openapi.door.js';
import type { Schema } from './openapi.rules.js';

const roles = ['AUDITOR', 'SUBSCRIBER', 'SYSTEM_ADMIN'];
const text = (description: string): Schema => answer(description, 'text/plain', { type: 'string' });

const position = { type: 'string', pattern: '^[0-9]{1,16}$' };
const query = (name: string, description: string, required = false): Schema => ({ name, in: 'query', required, description, schema: position });

const proof = (operationId: string, summary: string, description: string, parameters: Schema[], good: Schema): Schema => ({
  get: door({ operationId, summary, description, roles, parameters, good }),
});

const limit = {
  name: 'limit',
  in: 'query',
  required: false,
  description: 'How many at most.',
  schema: { type: 'integer', minimum: 1, maximum: 1000 },
};
const size = {
  name: 'size',
  in: 'path',
  required: true,
  description: 'How many events, or `latest`.',
  schema: { type: 'string', pattern: '^([1-9][0-9]{0,14}|latest)$' },
};

/** The doors for auditors: checkpoints, keys and proofs of a service's history. */
export const proofDoors: Record<string, Schema> = {
  '/v1/history/{service}/checkpoints': proof(
    'ReadCheckpoints',
    'Signed checkpoints, smallest first',
    'Signed notes (C2SP tlog-checkpoint), each with an empty line behind it. Go on with the last one’s size as `after`.',
    [query('after', 'Those above this size.'), limit],
    text('Checkpoints.'),
  ),
  '/v1/history/{service}/checkpoints/{size}': proof(
    'GetCheckpoint',
    'The signed checkpoint of a size',
    'One is signed where there is none yet.',
    [size],
    text('A signed note.'),
  ),
  '/v1/history/{service}/keys': proof(
    'GetKeys',
    'The public keys of the checkpoints',
    'Verifier keys of signed notes, one a line; also those that sign no more.',
    [],
    text('Keys.'),
  ),
  '/v1/history/{service}/proof': proof(
    'GetProof',
    'Proves that an event is in the history that a checkpoint states',
    'RFC 9162 §2.1.3; the leaf is SHA-256(0x00 ‖ exact record text), its number is `position` − 1.',
    [query('position', 'Of the event.', true), query('size', 'Of a checkpoint; the newest where absent.')],
    json('The path and the checkpoint.', 'GetProofResponse'),
  ),
  '/v1/history/{service}/consistency': proof(
    'GetConsistency',
    'Proves that a history begins with a shorter one',
    'RFC 9162 §2.1.4.',
    [query('from', 'The smaller size.', true), query('to', 'The larger one; that of the newest checkpoint where absent.')],
    json('The path.', 'GetConsistencyResponse'),
  ),
  '/v1/history/{service}/edge': proof(
    'GetEdge',
    'The right edge of the tree at a size',
    'Roots of the complete subtrees, largest first: with them and the records after it the tree goes on.',
    [query('size', 'How many events.', true)],
    json('The edge.', 'GetEdgeResponse'),
  ),
};
