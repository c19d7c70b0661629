import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Meter } from '@opentelemetry/api';
import { observe } from './meter.js';

/** A look at the loop every so often; each one wakes an idle process: at 20 ms it cost 0.3 % of a core. */
const resolutionMs = 100;

/**
 * What a process uses, named as Prometheus' clients name it, and how late its event loop is. The delays are those since the last
 * scrape; Node counts the waiting for its own timer, which is taken off.
 * @returns how to end the watch
 */
export const watchProcess = (meter: Meter): (() => void) => {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - resolutionMs / 1e3);
  observe(meter, {
    nodejs_eventloop_delay_seconds: {
      description: 'How late the event loop was since the last scrape, by quantile.',
      unit: 'seconds',
      read: () => {
        const found = [0.5, 0.99, 1].map((quantile) => [late(delay.percentile(quantile * 100)), { quantile: `${quantile}` }] as const);
        delay.reset();
        return found;
      },
    },
    nodejs_eventloop_time_seconds: {
      description: 'How long the event loop was active and idle; the rate of `active` is its utilization.',
      unit: 'seconds',
      total: true,
      read: () => {
        const { active, idle } = performance.eventLoopUtilization();
        return [
          [active / 1e3, { state: 'active' }],
          [idle / 1e3, { state: 'idle' }],
        ];
      },
    },
    process_cpu_seconds: {
      description: 'CPU time.',
      unit: 'seconds',
      total: true,
      read: () => {
        const { user, system } = process.cpuUsage();
        return [[(user + system) / 1e6]];
      },
    },
    process_resident_memory_bytes: { description: 'Resident memory.', unit: 'bytes', read: () => [[process.memoryUsage.rss()]] },
    nodejs_heap_size_used_bytes: { description: 'Used part of the heap.', unit: 'bytes', read: () => [[process.memoryUsage().heapUsed]] },
    process_start_time_seconds: {
      description: 'When the process started, in seconds since 1970.',
      unit: 'seconds',
      read: () => [[performance.timeOrigin / 1e3]],
    },
  });
  return () => delay.disable();
};
