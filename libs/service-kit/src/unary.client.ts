import { Client, Metadata, type ServiceError } from '@grpc/grpc-js';
import { fromBinary, toBinary, type DescMessage, type DescMethod } from '@bufbuild/protobuf';
import { parseStrict, toPlain } from '@guanxi/contracts/json';
import { fromStatus } from './errors.js';
import { channelCredentials, type Tls } from './tls.js';

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const channel = {
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
};

const metadataOf = (headers: Readonly<Record<string, string>>): Metadata => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
};

const errorOf = ({ code, details, metadata }: ServiceError): Error => {
  const [status] = metadata.get('grpc-status-details-bin');
  return fromStatus(code, details, Buffer.isBuffer(status) ? status : undefined);
};

/** Plain gRPC calls to one address: what service-to-service calls and anybody else use. */
export class UnaryClient {
  private readonly client: Client;

  constructor(
    /** host:port, several IPv4 addresses joined by `+`: the next one is tried where one is away */
    readonly target: string,
    tls?: Tls,
  ) {
    const several = target.split('+');
    this.client = new Client(several.length > 1 ? `ipv4:${several.join(',')}` : target, channelCredentials(tls), channel);
  }

  /**
   * One call: request in JSON, metadata in lower case, milliseconds to wait → the answer in plain JSON.
   * @throws Rejection as the service said, or unavailable; Failure
   */
  call(method: DescMethod, request: object, headers: Readonly<Record<string, string>> = {}, timeoutMs = 10_000): Promise<Record<string, unknown>> {
    const write = (bytes: Uint8Array): Buffer => bufferOf(bytes);
    const read = (bytes: Buffer) => toPlain(method.output, fromBinary<DescMessage>(method.output, bytes));
    const body = toBinary(method.input, parseStrict(method.input, request));
    return new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + timeoutMs };
      this.client.makeUnaryRequest(`/${method.parent.typeName}/${method.name}`, write, read, body, metadataOf(headers), options, (error, answer) => {
        if (error) reject(errorOf(error));
        else resolve(answer!);
      });
    });
  }

  close(): void {
    this.client.close();
  }
}
