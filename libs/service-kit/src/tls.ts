import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { credentials, ServerCredentials, type ChannelCredentials } from '@grpc/grpc-js';

/** Mutual TLS between the processes of an installation: each side shows a certificate of one authority. PEM. */
export interface Tls {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Reads `tls.crt`, `tls.key` and `ca.crt`, as a Kubernetes secret names them; without a folder there is no TLS. @throws Error of node:fs */
export const tlsOf = (folder: string | undefined): Tls | undefined => {
  if (folder === undefined) return undefined;
  const read = (name: string): Buffer => readFileSync(join(folder, name));
  return { ca: read('ca.crt'), cert: read('tls.crt'), key: read('tls.key') };
};

/** What a gRPC server asks of its callers: with TLS a certificate of the authority. */
export const serverCredentials = (tls: Tls | undefined): ServerCredentials =>
  tls ? ServerCredentials.createSsl(tls.ca, [{ private_key: tls.key, cert_chain: tls.cert }], true) : ServerCredentials.createInsecure();

/** What a gRPC client shows, and of whom it takes an answer. */
export const channelCredentials = (tls: Tls | undefined): ChannelCredentials =>
  tls ? credentials.createSsl(tls.ca, tls.key, tls.cert) : credentials.createInsecure();
