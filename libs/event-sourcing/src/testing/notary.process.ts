import { createPrivateKey } from 'node:crypto';
import { writeSync } from 'node:fs';
import { signerOf } from '../note.js';
import { startNotary } from '../notary.js';
import { openPool } from '../pool.js';

// A replica that signs until it is killed; a line for each time it signed something.

const [url = '', namespace = '', key = ''] = process.argv.slice(2);
const pool = openPool(url, { name: 'notary', transactionTimeout: 30_000 });
startNotary({
  ...{ pool, namespace, service: 'test', signers: [signerOf('guanxi/test', createPrivateKey(Buffer.from(key, 'base64').toString()))] },
  ...{ compare: () => Promise.resolve(''), pollMs: 5, onSigned: () => writeSync(1, 'signed\n') },
});
