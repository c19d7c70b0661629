import { randomUUID } from 'node:crypto';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { AccountCommands, RegisterAccountSchema, UpdateProfileSchema } from '@guanxi/contracts/guanxi/accounts/v1/account_pb';
import { CommittedSchema } from '@guanxi/contracts/guanxi/common/v1/command_pb';
import { OrderCommands, RecordOrderSchema } from '@guanxi/contracts/guanxi/accounts/v1/order_pb';
import { WireClient } from '@guanxi/service-kit/wire.client';
import { parseStrict } from '@guanxi/contracts/json';
import pg from 'pg';
import { closedLoop, interleave, ratio, type Measured, type Variant } from '../harness.ts';
import { httpLoad, posting } from '../http.ts';
import { body, plainTable, probeA } from '../probes.ts';
import { printMeasured, type Figure } from '../report.ts';
import { environmentOf, startEmptyHouse, startGatewayBefore } from '../empty.house.ts';
import { startServer } from '../server.ts';
import type { DrillHouse } from '../../scripts/drill/house.ts';
import { createDatabase } from '../house.ts';

const inFlight = 64;
const accounts = 5_000;

type Probes = Awaited<ReturnType<typeof openProbes>>;
type Requests = ReturnType<typeof requestsOf>;
type Five = [Measured, Measured, Measured, Measured, Measured];
type Metadata = (prefer?: string) => Record<string, string>;

/** What is measured and what it is measured against, each in processes of its own. */
const openProbes = async (house: DrillHouse) => {
  const { postgres, processes } = house.run();
  const pidOf = (name: string): number => processes.find((it) => it.name === name)?.pid ?? 0;
  const pool = new pg.Pool({ connectionString: await createDatabase(house, 'probe'), max: 10 });
  await pool.query(plainTable);
  const echo = await startServer('echo.server');
  const usual = await startServer('usual.server', { USUAL_URL: await createDatabase(house, 'usual') });
  const empty = await startEmptyHouse(pidOf('gateway'));
  const alone = await startServer('path.service', { ...environmentOf(pidOf('accounts')), PATH_URL: await createDatabase(house, 'path') });
  const pathHouse = await startGatewayBefore(pidOf('gateway'), alone);
  const alongPath = new WireClient(new URL(alone.url).host);
  const wire = new WireClient(processes.find((it) => it.name === 'accounts')?.address ?? '');
  const loads = {
    echo: httpLoad(echo.url, inFlight),
    usual: httpLoad(usual.url, inFlight),
    gateway: httpLoad(house.url, inFlight),
    path: httpLoad(pathHouse.url, inFlight),
    empty: httpLoad(empty.url, inFlight),
  };
  const stop = async (): Promise<void> => {
    Object.values(loads).forEach((it) => it.close());
    [echo, usual, empty, pathHouse].forEach((it) => it.stop());
    [wire, alongPath].forEach((it) => it.close());
    await pool.end();
  };
  return { pidOf, database: () => [postgres?.pid ?? 0], pool, echo, usual, empty, alone, pathHouse, alongPath, wire, loads, stop };
};

const registered = async (wire: WireClient, metadata: Metadata): Promise<string[]> => {
  const ids: string[] = [];
  const names = Array.from({ length: accounts }, (_, n) => n);
  const lane = async (): Promise<void> => {
    for (let n = names.pop(); n !== undefined; n = names.pop()) {
      const request = parseStrict(RegisterAccountSchema, {
        kind: 'PERSON',
        displayName: `Customer ${n}`,
        externalRef: { system: 'bench', id: String(n) },
      });
      const path = `/${AccountCommands.typeName}/RegisterAccount`;
      const { body: answer } = await wire.call(path, toBinary(RegisterAccountSchema, request), metadata('respond-async'));
      ids.push(fromBinary(CommittedSchema, answer).id);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return ids;
};

const order = JSON.parse(body) as Record<string, unknown>;

/** New requests about the accounts in turn. */
const requestsOf = (ids: readonly string[], metadata: Metadata) => {
  let turn = 0;
  const nextAccount = (): string => ids[turn++ % ids.length] ?? '';
  return {
    metadata,
    update: (): Uint8Array => toBinary(UpdateProfileSchema, create(UpdateProfileSchema, { accountId: nextAccount(), source: `bench ${turn}` })),
    order: (): Uint8Array => {
      const { orderId: _, ...rest } = order;
      const request = { ...rest, accountId: nextAccount(), externalRef: { system: 'bench', id: randomUUID() } };
      return toBinary(RecordOrderSchema, parseStrict(RecordOrderSchema, request as never));
    },
    profile: (): { path: string; body: string; headers: Record<string, string> } => ({
      path: `/v1/accounts/${nextAccount()}:updateProfile`,
      body: JSON.stringify({ source: `bench ${turn}` }),
      headers: { ...metadata('respond-async') },
    }),
    usual: () => ({ path: '/append', body: JSON.stringify({ stream: nextAccount(), data: order }) }),
  };
};

const update = `/${AccountCommands.typeName}/UpdateProfile`;
const record = `/${OrderCommands.typeName}/RecordOrder`;

const variantsOf = (probes: Probes, requests: Requests): Variant[] => {
  const { pidOf, database, pool, echo, usual, empty, alone, pathHouse, alongPath, wire, loads } = probes;
  const atDoor = (name: string, path: string, bytes: () => Uint8Array, prefer?: string): Variant => ({
    name,
    self: false,
    pids: () => [pidOf('accounts'), ...database()],
    run: (ms) => closedLoop(inFlight, ms, () => wire.call(path, bytes(), requests.metadata(prefer))),
  });
  return [
    probeA(pool, database),
    {
      name: 'E  Nest and Fastify, POST echo, 64 connections',
      self: false,
      pids: () => [echo.pid],
      run: posting(loads.echo, inFlight, () => ({ path: '/echo', body })),
    },
    {
      name: 'usual code: one transaction, seven trips, 64 connections',
      self: false,
      pids: () => [usual.pid, ...database()],
      run: posting(loads.usual, inFlight, requests.usual),
    },
    {
      name: 'UpdateProfile, the command’s own path, 64 in flight',
      self: false,
      pids: () => [alone.pid, ...database()],
      run: (ms) => closedLoop(inFlight, ms, () => alongPath.call(update, requests.update(), requests.metadata('respond-async'))),
    },
    atDoor('the same with its views, relay and bus at work', update, requests.update, 'respond-async'),
    atDoor('the same, answered after the views', update, requests.update),
    atDoor('RecordOrder at the service’s door, 64 in flight', record, requests.order, 'respond-async'),
    {
      name: 'UpdateProfile through the gateway, own path, 64 connections',
      self: false,
      pids: () => [...pathHouse.pids, ...database()],
      run: posting(loads.path, inFlight, requests.profile),
    },
    {
      name: 'the same with its views, relay and bus at work',
      self: false,
      pids: () => [pidOf('gateway'), pidOf('accounts'), ...database()],
      run: posting(loads.gateway, inFlight, requests.profile),
    },
    {
      name: 'H  gateway and hop into an empty handler, 64 connections',
      self: false,
      pids: () => empty.pids,
      run: posting(loads.empty, inFlight, requests.profile),
    },
  ];
};

const figuresOf = (measured: readonly Measured[]): Figure[] => {
  const [a, e, old, path, door, settled, ordered, pathThrough, through, h] = measured as [...Five, ...Five];
  return [
    { row: '4', what: 'whole command at the service’s door, its own path ÷ A', value: ratio(path, a), gate: 0.5, stretch: 0.7 },
    { row: '4', what: 'whole command, its own path ÷ E', value: ratio(path, e), gate: 0.25, stretch: 0.36 },
    { row: '4', what: 'whole command, its own path ÷ the usual code', value: ratio(path, old), gate: 4, stretch: 5 },
    { row: '4', what: 'with its views, relay and bus at work ÷ A', value: ratio(door, a) },
    { row: '4', what: 'with them and answered after the views ÷ A', value: ratio(settled, a) },
    { row: '4', what: 'RecordOrder (new stream, account looked up), with them ÷ A', value: ratio(ordered, a) },
    { row: '4b', what: 'through the gateway, its own path ÷ E', value: ratio(pathThrough, e), gate: 0.15, stretch: 0.22 },
    { row: '4b', what: 'through the gateway, its own path ÷ H', value: ratio(pathThrough, h), gate: 0.6, stretch: 0.8 },
    { row: '4b', what: 'through the gateway, with views, relay and bus ÷ E', value: ratio(through, e) },
    {
      row: '5',
      what: 'CPU of the command’s own path (service, PostgreSQL) ÷ E’s server',
      value: path.cpu / e.cpu,
      gate: 3.5,
      stretch: 2.5,
      atLeast: false,
    },
    { row: '5', what: 'CPU with its views, relay and bus ÷ E’s server', value: door.cpu / e.cpu, atLeast: false },
  ];
};

/** Rows 4, 4b and 5 of performance.md §11: a whole command at the service's own door and through the gateway, in one run with A, E and the usual code. */
export const commandRows = async (house: DrillHouse, rounds: number): Promise<Figure[]> => {
  const probes = await openProbes(house);
  const authorization = `Bearer ${await house.token()}`;
  const metadata: Metadata = (prefer) => ({ authorization, 'idempotency-key': randomUUID(), ...(prefer ? { prefer } : {}) });
  // The same references in the same installation give the same ids in both.
  const ids = await registered(probes.wire, metadata);
  await registered(probes.alongPath, metadata);
  // What other services do with the events is not this command's cost; the rows of the door measure the whole house.
  process.kill(probes.pidOf('complaints'), 'SIGSTOP');
  const measured = await interleave(variantsOf(probes, requestsOf(ids, metadata)), { rounds });
  process.kill(probes.pidOf('complaints'), 'SIGCONT');
  await probes.stop();
  printMeasured(measured);
  return figuresOf(measured);
};
