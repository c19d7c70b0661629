import type { Random } from '../demo/random.ts';

const uuid = (random: Random): string => {
  const hex = Array.from({ length: 32 }, () => random.whole(0, 15).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
};

/** What differs from record to record. */
export interface Facts {
  readonly id: string;
  readonly subject: string;
  readonly streamversion: number;
  readonly time: string;
  readonly customer: string;
  readonly actor: string;
  readonly amount: number;
}

/** A record's text with its attributes in their order. */
export const recordText = (service: string, { id, subject, streamversion, time, customer, actor, amount }: Facts): Buffer =>
  Buffer.from(
    JSON.stringify({
      specversion: '1.0',
      id,
      source: `/guanxi/${service}`,
      type: `guanxi.${service}.v1.OrderRecorded`,
      subject,
      time,
      datacontenttype: 'application/json',
      streamversion,
      schemaversion: 1,
      customer,
      segment: 'default',
      actor,
      actorkind: 'OPERATOR',
      role: 'SALESPERSON',
      command: `guanxi.${service}.v1.RecordOrder`,
      commandid: id.replace(/^.{8}/, '00000000'),
      correlationid: id,
      data: { orderedAt: time, currency: 'CNY', note: '客户要求周末送货', lines: [{ product: 'CD', quantity: '1', amountMinor: String(amount) }] },
    }),
  );

/** A service's history of so many events in a tenth of that many streams. */
export const randomHistory = (random: Random, service: string, events: number): Buffer[] => {
  const streams = Array.from({ length: Math.max(1, Math.ceil(events / 10)) }, () => ({ id: uuid(random), version: 0 }));
  let now = Date.parse('2026-11-22T08:00:00.000Z');
  return Array.from({ length: events }, () => {
    const stream = random.pick(streams);
    stream.version++;
    now += random.whole(0, 400);
    return recordText(service, {
      id: uuid(random),
      subject: `order/${stream.id}`,
      streamversion: stream.version,
      time: new Date(now).toISOString(),
      customer: stream.id,
      actor: `op-${random.whole(10, 99)}`,
      amount: random.whole(100, 99_999),
    });
  });
};
