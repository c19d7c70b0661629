import type { Schema } from './openapi.rules.js';

const topic = 'guanxi.checkpoints.v1';

/** The topic of the signed checkpoints, which is no service's history. */
export const checkpointsChannel: Schema = {
  address: topic,
  title: 'Signed checkpoints of every history',
  description:
    'What each service signed of its own history: origin, size and root of the Merkle tree over the exact record texts. Whoever keeps them ' +
    'notices a history that was rewritten or cut off; docs/history-format.md says how.',
  servers: [{ $ref: '#/servers/kafka' }],
  messages: {
    Checkpoint: {
      name: 'Checkpoint',
      title: 'Checkpoint',
      summary: 'A signed note (C2SP tlog-checkpoint)',
      description: 'Its first line is the origin, `guanxi/<namespace>/<service>/<epoch>`; the keys stand at /v1/history/{service}/keys.',
      contentType: 'text/plain; charset=utf-8',
      payload: { type: 'string' },
      bindings: { kafka: { key: { type: 'string', description: 'The origin.' }, bindingVersion: '0.5.0' } },
    },
  },
  bindings: { kafka: { topic, partitions: 1, bindingVersion: '0.5.0' } },
};

/** Every service sends to it. */
export const checkpointsOperation: Schema = {
  action: 'send',
  channel: { $ref: '#/channels/checkpoints' },
  title: 'notaries tell what they signed',
  summary: 'One a second or a thousand events while there are new ones, at least once.',
};
