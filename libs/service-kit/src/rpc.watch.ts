import { SpanKind, type Histogram, type Meter } from '@opentelemetry/api';
import type { DescMethod } from '@bufbuild/protobuf';
import { traceparentIn, type CallMetadata } from './caller.js';
import { durationHistogram } from './meter.js';
import { beginSpan, endWith, outcomeOf, type Begun } from './span.js';

/** Times rpcs by name and outcome. */
export const rpcDurations = (meter: Meter): Histogram =>
  durationHistogram(meter, 'guanxi_rpc_duration_seconds', 'Calls of this service that were let in, by rpc and outcome.');

const traceparents = new WeakMap<CallMetadata, string>();

/** The `traceparent` under which a call is worked on: of its span, else the caller's. */
export const traceparentOf = (metadata: CallMetadata): string | undefined => traceparents.get(metadata) ?? traceparentIn(metadata);

/** Who asks for health or history again and again begins no traces. */
const common = 'guanxi.common.v1';

const begin = ({ parent: service, name }: DescMethod, asked: string | undefined): Begun => {
  if (asked === undefined && service.file.proto.package === common) return { span: undefined, traceparent: undefined };
  const attributes = { 'rpc.system.name': 'grpc', 'rpc.method': `${service.typeName}/${name}` };
  return beginSpan(asked, { name: `${service.typeName}/${name}`, kind: SpanKind.SERVER, attributes });
};

/** Runs the handler of an rpc, unary or on the wire, under a span of its own where its trace is sampled, and times it. */
export const watchRpc = async <T>(
  method: DescMethod,
  metadata: CallMetadata,
  durations: Histogram | undefined,
  handle: (traceparent: string | undefined) => Promise<T>,
): Promise<T> => {
  const began = performance.now();
  const { span, traceparent } = begin(method, traceparentIn(metadata));
  if (span && traceparent) traceparents.set(metadata, traceparent);
  let outcome = 'done';
  try {
    const answer = await handle(traceparent);
    span?.end();
    return answer;
  } catch (error) {
    outcome = outcomeOf(error);
    endWith(span?.setAttribute('guanxi.outcome', outcome), error);
    throw error;
  } finally {
    durations?.record((performance.now() - began) / 1e3, { rpc: `${method.parent.name}/${method.name}`, outcome });
  }
};
