import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { printCheckpoint } from '@guanxi/event-sourcing/checkpoint.text';
import { beginEpoch } from '@guanxi/event-sourcing/epochs';
import { consistencyStretches } from '@guanxi/event-sourcing/merkle.proof';
import { signerOf, signNote } from '@guanxi/event-sourcing/note';
import { notaryTest, signer } from '@guanxi/event-sourcing/testing/notary.setup';
import { rootsOf } from '@guanxi/event-sourcing/tree';
import type { FreshDatabase } from './bus.contract.js';
import type { EventBus } from '../bus.js';
import { comparePublished } from '../checkpoints.compare.js';
import { checkpointsTopic, startCheckpointPublisher } from '../checkpoints.topic.js';
import { until } from './until.js';
import { startWitness, type WitnessedOwner } from '../witness.js';

type Test = Awaited<ReturnType<typeof notaryTest>>;
type Database = Awaited<ReturnType<FreshDatabase>>;

/** What notary and witness do over every bus. `open` makes the bus from an empty database's address. */
export const checkpointsContract = (name: string, open: (database: string) => Promise<EventBus>, freshDatabase: FreshDatabase): void => {
  describe(`signed checkpoints on ${name}`, () => {
    const databases: Database[] = [];
    const ends: (() => unknown)[] = [];
    let bus: EventBus;
    let test: Test;
    /** Another for each test: they share the topic. */
    let namespace: string;
    const fresh = async (): Promise<string> => {
      const it = await freshDatabase();
      databases.push(it);
      return it.url;
    };
    beforeAll(async () => void (bus = await open(await fresh())), 60_000);
    beforeEach(async () => {
      namespace = randomUUID();
      test = await notaryTest(await fresh(), namespace);
      ends.push(() => test.end());
    });
    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) await end();
    });
    afterAll(async () => {
      await bus.close();
      await Promise.all(databases.map((it) => it.drop()));
    });

    const compare = (keys = [signer]) => comparePublished(bus, namespace, 'test', keys);
    /** Signs `count` more events, and sends the checkpoint by two publishers. */
    const published = async (count: number): Promise<number> => {
      const publishers = [1, 2].map(() => startCheckpointPublisher(test.pool, bus));
      const notary = test.start({ compare: compare(), onSigned: () => publishers.forEach((it) => it.wake()) });
      await test.append(count);
      const head = Number((await test.pool.query<{ head: number }>('select max(position) as head from events')).rows[0]?.head);
      await until(async () => (await test.pool.query('select from notes where sent and size = $1', [head])).rowCount === 1);
      await Promise.all([...publishers, notary].map((it) => it.stop()));
      return head;
    };
    it('are sent once each, under their origin, by any number of replicas', async () => {
      await published(3);
      await published(1_500);
      const own = (await bus.tail(checkpointsTopic, 1_000)).filter((it) => it.key?.endsWith(test.epoch.id));
      expect(own.map((it) => it.value.toString())).toEqual((await test.notes()).map((it) => it.note));
    });

    it('are what a restored history is compared with: it is shorter, or another, until a new epoch begins', async () => {
      await published(50);
      await test.pool.query('delete from events where position > 40; delete from notes; delete from tree; delete from checkpoints');
      const shorter = 'the history ends at 40, but a checkpoint of 50 events was published: after a restore, begin a new epoch first';
      const notary = test.start({ compare: compare(), compareMs: 50 });
      await until(() => notary.health().reason === `signs nothing: ${shorter}`);
      await test.append(20);
      await until(() => notary.health().reason === 'signs nothing: the first 50 events are not those whose checkpoint was published');
      expect(await test.notes()).toEqual([]);
      await test.pool.query('delete from events where position > 40');
      await beginEpoch(test.pool);
      await test.append(1);
      await until(async () => (await test.notes()).length === 1);
      expect(notary.health().reason).toBe('');
    });

    it('of an epoch that the history does not know say that it was restored to before', async () => {
      await published(5);
      const { id } = await beginEpoch(test.pool);
      await published(5);
      await test.pool.query('delete from epochs where id = $1', [id]);
      await test.pool.query('delete from notes');
      const notary = test.start({ compare: compare() });
      await until(() => notary.health().reason.includes(`in the epoch ${id}, which this history does not know`));
    });

    it('that another key signed are nobody’s', async () => {
      await published(2);
      const stranger = signerOf('guanxi/test', generateKeyPairSync('ed25519').privateKey);
      const text = printCheckpoint({ origin: (await test.notes())[0]!.origin, size: 9_000, root: Buffer.alloc(32), extensions: [] });
      await bus.publish(checkpointsTopic, [{ partition: 0, key: 'x', value: Buffer.from(signNote(text, [stranger])), headers: {} }]);
      await published(3);
      expect(test.refusals).toEqual([]);
    });

    it('are kept by the others, who notice a second root and a history that does not go on', async () => {
      const other = await notaryTest(await fresh());
      ends.push(() => other.end());
      const owner: WitnessedOwner = {
        keys: (service) => Promise.resolve(service === 'test' ? [signer] : undefined),
        consistency: (_, from, to) => rootsOf(test.pool, consistencyStretches(from, to)),
      };
      const faults: string[] = [];
      const onFault = (_: string, size: number, fault: string): void => void faults.push(`${size}: ${fault}`);
      const witness = startWitness({ pool: other.pool, bus, service: `other${Date.now()}`, namespace, owner, checkMs: 20, onFault });
      ends.push(() => witness.stop());
      const origin = `guanxi/${namespace}/test/${test.epoch.id}`;
      const states = async (): Promise<string[]> => {
        const text = `select size || coalesce(': ' || fault, '') as it from witnessed where origin = $1 and (checked_at is not null or fault is not null) order by heard_at`;
        return (await other.pool.query<{ it: string }>(text, [origin])).rows.map(({ it }) => it);
      };
      const forge = async (size: number, by = signer): Promise<void> => {
        const note = signNote(printCheckpoint({ origin, size, root: Buffer.alloc(32, size), extensions: [] }), [by]);
        await bus.publish(checkpointsTopic, [{ partition: 0, key: origin, value: Buffer.from(note), headers: {} }]);
      };
      await published(30);
      await until(async () => (await states()).includes('30'));
      await published(12);
      await until(async () => (await states()).includes('42'));
      expect(witness.health().reason).toBe('');
      await forge(42);
      await until(() => faults.includes('42: another root was heard for this size'));
      await forge(35);
      await until(() => faults.includes('35: it is not of the history whose checkpoint of 42 events was heard'));
      await forge(37, signerOf('guanxi/test', generateKeyPairSync('ed25519').privateKey));
      await until(() => faults.includes('37: no key of the service signed it'));
      await until(() => witness.health().reason === '3 checkpoints of other services contradict what was heard before');
    });
  });
};
