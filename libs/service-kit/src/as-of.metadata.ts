import { instant } from '@guanxi/contracts/scalars';
import type { AsOf, Moment } from '@guanxi/event-sourcing/moment';
import { invalid } from '@guanxi/event-sourcing/rejection';
import { Metadata } from '@grpc/grpc-js';
import { headerOf, type CallMetadata } from './caller.js';

const names = { time: 'as-of', position: 'as-of-position' } as const;

/** The moment that a call's metadata asks for; undefined where it asks for now. @throws Rejection as-of-invalid */
export const asOfIn = (metadata: CallMetadata): AsOf | undefined => {
  const [time, position] = [headerOf(metadata, names.time), headerOf(metadata, names.position)];
  if (time === undefined && position === undefined) return undefined;
  if (time !== undefined && position !== undefined) throw invalid('as-of-invalid', 'asOfPosition', 'may not stand beside asOf');
  if (time === undefined) {
    if (!/^\d{1,15}$/.test(position ?? '')) throw invalid('as-of-invalid', 'asOfPosition', 'must be a position, a whole number');
    return { position: Number(position) };
  }
  const read = instant(time);
  if (typeof read !== 'string') throw invalid('as-of-invalid', 'asOf', read.faults[0]?.message ?? 'must be a time');
  return { time: read };
};

/** What the answer's metadata says: the moment by its time, where it has one, and by the service's last own position. */
export const saysAsOf = ({ at, place }: Moment): Metadata => {
  const metadata = new Metadata();
  if (at !== undefined) metadata.set(names.time, at);
  metadata.set(names.position, String(place.position));
  return metadata;
};
