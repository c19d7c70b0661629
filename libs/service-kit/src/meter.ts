import { createNoopMeter, type Attributes, type Histogram, type Meter } from '@opentelemetry/api';
import type { ServerResponse } from 'node:http';

/** The metrics of one process. */
export interface Metrics {
  readonly meter: Meter;
  /** Answers a scrape with the text format of Prometheus. */
  write(response: ServerResponse): void;
}

/** Where nobody scrapes. */
export const noMeter: Meter = createNoopMeter();

/** Buckets of durations, in seconds: a command takes 1 to 10 ms, a client gives up after 10 s. */
const durations = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** A histogram of durations in seconds. */
export const durationHistogram = (meter: Meter, name: string, description: string): Histogram =>
  meter.createHistogram(name, { description, unit: 'seconds', advice: { explicitBucketBoundaries: durations } });

/** One value of a gauge or counter as it is now. */
export type Reading = readonly [value: number, labels?: Attributes];

/** How to read values at a scrape: they cost nothing until then. */
export interface Observed {
  readonly description: string;
  readonly unit?: string;
  /** Does it only ever grow? Then its name ends in `_total`. */
  readonly total?: boolean;
  readonly read: () => readonly Reading[] | Promise<readonly Reading[]>;
}

/** Adds gauges and counters whose values are read at each scrape, by name. One that cannot be read is absent from that scrape. */
export const observe = (meter: Meter, all: Readonly<Record<string, Observed>>): void => {
  for (const [name, { read, total, ...options }] of Object.entries(all))
    (total ? meter.createObservableCounter(name, options) : meter.createObservableGauge(name, options)).addCallback(async (result) => {
      for (const [value, labels] of await read()) result.observe(value, labels);
    });
};

/** Opens the metrics of a service; each line bears its name, so that it does not depend on how Prometheus came by it. */
export const openMetrics = async (service: string): Promise<Metrics> => {
  const [{ MeterProvider }, { PrometheusExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/exporter-prometheus'),
    import('@opentelemetry/resources'),
  ]);
  const exporter = new PrometheusExporter({
    ...{ preventServerStart: true, withoutScopeInfo: true, withoutTargetInfo: true, withResourceConstantLabels: /^service\.name$/ },
  });
  const provider = new MeterProvider({ readers: [exporter], resource: resourceFromAttributes({ 'service.name': service }) });
  return {
    meter: provider.getMeter('guanxi'),
    write: (response) => {
      exporter.getMetricsRequestHandler({} as never, response);
      // The exporter leaves out the version, which Prometheus 3 asks for.
      response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    },
  };
};
