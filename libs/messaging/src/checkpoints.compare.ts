import type { Epoch } from '@guanxi/event-sourcing/epochs';
import { parseNote, signedBy, type VerifierKey } from '@guanxi/event-sourcing/note';
import type { Compare } from '@guanxi/event-sourcing/notary.compare';
import type { EventBus } from './bus.js';
import { checkpointsTopic, heardCheckpoint, type Heard } from './checkpoints.topic.js';

/** How many messages from the end are looked at, until one of ours is among them: a service that slept long finds the others' first. */
const depths = [100, 5_000, 100_000, 2_000_000];

const isSigned = ({ note }: Heard, keys: readonly VerifierKey[]): boolean => {
  try {
    return signedBy(parseNote(note), keys).length > 0;
  } catch {
    return false;
  }
};

const lastOf = async (bus: EventBus, namespace: string, service: string, keys: readonly VerifierKey[]): Promise<Heard[]> => {
  for (const depth of depths) {
    const tail = await bus.tail(checkpointsTopic, depth);
    const heard = tail.flatMap((it) => heardCheckpoint(it) ?? []);
    const ours = heard.filter((it) => it.of.namespace === namespace && it.of.service === service && isSigned(it, keys));
    if (ours.length > 0 || tail.length < depth) return [...new Map(ours.sort((a, b) => a.size - b.size).map((it) => [it.origin, it])).values()];
  }
  return [];
};

/** The last position that an epoch shares with all that came after it; undefined where it is not known here. */
const boundOf = (epoch: string, epochs: readonly Epoch[]): number | undefined => {
  const at = epochs.findIndex(({ id }) => id === epoch);
  return at < 0 ? undefined : Math.min(Infinity, ...epochs.slice(at + 1).map(({ base }) => base));
};

/**
 * Is this the history whose checkpoints were published last, in each epoch that is still near the topic's end? What an epoch signed
 * above the base of a later one was undone by a restore. Checkpoints that none of `keys` signed are nobody's. Throws where the bus is away.
 */
export const comparePublished =
  (bus: EventBus, namespace: string, service: string, keys: readonly VerifierKey[]): Compare =>
  async ({ epochs, head, rootAt }) => {
    for (const { of, size, root } of await lastOf(bus, namespace, service, keys)) {
      const bound = boundOf(of.epoch, epochs);
      if (bound === undefined)
        return `a checkpoint was published in the epoch ${of.epoch}, which this history does not know: it was restored to before`;
      if (size > bound) continue;
      if (size > head)
        return `the history ends at ${head}, but a checkpoint of ${size} events was published: after a restore, begin a new epoch first`;
      if (!(await rootAt(size)).equals(root)) return `the first ${size} events are not those whose checkpoint was published`;
    }
    return '';
  };
