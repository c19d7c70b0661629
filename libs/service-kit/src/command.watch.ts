import { SpanKind, type Meter } from '@opentelemetry/api';
import type { Entry, Outcome } from '@guanxi/event-sourcing/append.call';
import type { Appender } from '@guanxi/event-sourcing/appender';
import { commandName } from '@guanxi/event-sourcing/decider';
import type { Executor } from '@guanxi/event-sourcing/executor';
import { durationHistogram } from './meter.js';
import { beginSpan, endWith, outcomeOf } from './span.js';
import { isSampled } from './trace.js';

/**
 * Counts and times the commands of clients, policies and timers by name and outcome: `done`, `replayed`, the kind of a refusal, or
 * `failed`. Each sampled one has a span, which its events bear as their `traceparent`: what other services do with them lies under it.
 */
export const watchCommands = (execute: Executor['execute'], meter: Meter): Executor['execute'] => {
  const duration = durationHistogram(meter, 'guanxi_command_duration_seconds', 'Commands from their arrival to their answer, views included.');
  return async (decider, method, command, caller) => {
    const began = performance.now();
    const name = commandName(decider, method);
    const { span, traceparent } = beginSpan(caller.traceparent, {
      name,
      attributes: { 'guanxi.stream': decider.stream, 'guanxi.actor': caller.kind },
    });
    let outcome = 'done';
    try {
      const committed = await execute(decider, method, command, traceparent === caller.traceparent ? caller : { ...caller, traceparent });
      if (committed.replayed) outcome = 'replayed';
      span?.setAttributes({ 'guanxi.outcome': outcome, 'guanxi.position': Number(committed.position) }).end();
      return committed;
    } catch (error) {
      outcome = outcomeOf(error);
      endWith(span?.setAttribute('guanxi.outcome', outcome), error);
      throw error;
    } finally {
      duration.record((performance.now() - began) / 1e3, { command: name, outcome });
    }
  };
};

/** The appender as the executor sees it, with a span for each entry of a sampled command: it holds the waiting for the group before too. */
export const watchAppends = (append: Appender['append']): Pick<Appender, 'append'> => {
  const traced = async (entry: Entry): Promise<Outcome> => {
    const { span } = beginSpan(entry.traceparent, { name: 'append', kind: SpanKind.CLIENT, attributes: { 'db.system.name': 'postgresql' } });
    try {
      const outcome = await append(entry);
      span?.setAttributes({ 'guanxi.verdict': outcome.verdict, 'guanxi.events': entry.events.length }).end();
      return outcome;
    } catch (error) {
      endWith(span, error);
      throw error;
    }
  };
  return { append: (entry) => (isSampled(entry.traceparent) ? traced(entry) : append(entry)) };
};

/** Counts how many commands go together in an append, and how long it takes: the two say whether the writer is the narrow place. */
export const watchGroups = (meter: Meter): ((commands: number, ms: number) => void) => {
  const sizes = meter.createHistogram('guanxi_append_group_commands', {
    description: 'Commands that went together in one append.',
    advice: { explicitBucketBoundaries: [1, 2, 4, 8, 16, 32, 64, 128, 256] },
  });
  const duration = durationHistogram(meter, 'guanxi_append_duration_seconds', 'Appends: one call of the database each.');
  return (commands, ms) => {
    sizes.record(commands);
    duration.record(ms / 1e3);
  };
};
