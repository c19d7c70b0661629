import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { receiver, type Incoming, type InboxRow, type Receiver } from '@guanxi/event-sourcing/receive';
import { freshDatabase } from '../../../test/postgres.js';
import { walk, type Place } from './consumer.rules.js';
import { testService, type TestService } from './testing/owner.js';
import { chance } from './testing/random.js';

type Message = Incoming & Place;

describe('`receive` in SQL and `walk`, which the simulation walks', () => {
  let service: TestService;
  let inbox: Receiver;
  beforeAll(async () => {
    service = await testService(freshDatabase, 'subscriber', 3);
    inbox = receiver(service.pool);
  });
  afterAll(() => service.close());

  it('decide the same on every batch: what is taken, where it stops, where the row then stands', async () => {
    const dice = chance(4711);
    const epoch = 'e2';
    const message = (position: number, prev: number): Message => ({ epoch, position, prev, type: 't', key: 'k', record: `{"n":${position}}` });
    const seen = { taken: 0, repeated: 0, stopped: 0 };
    let row: InboxRow = { epoch, position: 0 };
    await inbox.enter('s', 1, { epoch: '', position: 0 }, row);
    for (let n = 0; n < 300; n++) {
      // Mostly the chain as it should be; now and then a step back, a hole, a foreign epoch.
      let at = Math.max(0, row.position - dice.below(6));
      const batch = Array.from({ length: 1 + dice.below(8) }, () => {
        const prev = at;
        at += 1 + dice.below(2);
        return message(at, dice.maybe(0.1) ? prev + 1 : prev);
      });
      const asked = dice.maybe(0.1) ? 'e1' : epoch;
      const held = new Set((await service.query<{ p: number }>('select source_position as p from received')).map(({ p }) => p));
      const expected = walk(row, asked, batch);
      const got = await inbox.receive('s', 1, asked, batch);
      expect(got).toEqual({ row: expected.row, done: expected.done, taken: expected.taken.filter((it) => !held.has(it.position)).length });
      seen.taken += got.taken;
      seen.repeated += got.done - got.taken;
      if (got.done < batch.length) seen.stopped++;
      row = got.row;
    }
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
  });
});
