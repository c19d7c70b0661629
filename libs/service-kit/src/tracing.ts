import { diag, DiagLogLevel } from '@opentelemetry/api';
import type { Log } from './log.js';

/** Ends tracing: what was recorded and not yet sent is sent, within 2 s. */
export type StopTracing = () => Promise<void>;

const patienceMs = 2_000;
const within = (work: Promise<void>): Promise<void> =>
  Promise.race([work.catch(() => undefined), new Promise<void>((resolve) => setTimeout(resolve, patienceMs).unref())]);

/**
 * Starts the OpenTelemetry SDK where the environment names a collector (OTEL_EXPORTER_OTLP_ENDPOINT), else nothing of it is even
 * loaded. Everything else is said by OpenTelemetry's own variables: OTEL_TRACES_SAMPLER, OTEL_EXPORTER_OTLP_PROTOCOL, OTEL_BSP_….
 * Spans are ours alone; nothing is patched, so it does not matter what was imported before.
 */
export const startTracing = async (service: string, log: Log, env: NodeJS.ProcessEnv = process.env): Promise<StopTracing> => {
  if (!env['OTEL_EXPORTER_OTLP_ENDPOINT'] && !env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']) return () => Promise.resolve();
  const [{ NodeSDK }, { envDetector, serviceInstanceIdDetector }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/resources'),
  ]);
  const say = (): void => log.warn({ part: 'tracing' }, 'spans could not be sent');
  const quiet = (): void => undefined;
  diag.setLogger(
    { error: say, warn: quiet, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
  // The other detectors tell the command line and the user's name.
  const resourceDetectors = [envDetector, serviceInstanceIdDetector];
  const sdk = new NodeSDK({ serviceName: service, resourceDetectors, metricReaders: [], logRecordProcessors: [] });
  sdk.start();
  return () => within(sdk.shutdown());
};
