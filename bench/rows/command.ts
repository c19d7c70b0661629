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
import { startEmptyHouse } from '../empty.house.ts';
import { startServer } from '../server.ts';
import type { DrillHouse } from '../../scripts/drill/house.ts';
import { createDatabase } from '../house.ts';

const inFlight = 64;
const accounts = 5_000;

/** Rows 4, 4b and 5 of performance.md §11: a whole command at the service's own door and through the gateway, in one run with A, E and the usual code. */
export const commandRows = async (house: DrillHouse, rounds: number): Promise<Figure[]> => {
  const { postgres, processes } = house.run();
  const pidOf = (name: string): number => processes.find((it) => it.name === name)?.pid ?? 0;
  const database = (): number[] => [postgres?.pid ?? 0];
  const pool = new pg.Pool({ connectionString: await createDatabase(house, 'probe'), max: 10 });
  await pool.query(plainTable);
  const echo = await startServer('echo.server');
  const usual = await startServer('usual.server', { USUAL_URL: await createDatabase(house, 'usual') });
  const empty = await startEmptyHouse(pidOf('gateway'));
  const wire = new WireClient(processes.find((it) => it.name === 'accounts')?.address ?? '');
  const authorization = `Bearer ${await house.token()}`;
  const metadata = (prefer?: string): Record<string, string> => ({ authorization, 'idempotency-key': randomUUID(), ...(prefer ? { prefer } : {}) });

  const register = `/${AccountCommands.typeName}/RegisterAccount`;
  const ids: string[] = [];
  const names = Array.from({ length: accounts }, (_, n) => n);
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (let n = names.pop(); n !== undefined; n = names.pop()) {
        const externalRef = { system: 'bench', id: String(n) };
        const request = parseStrict(RegisterAccountSchema, { kind: 'PERSON', displayName: `Customer ${n}`, externalRef });
        const { body: answer } = await wire.call(register, toBinary(RegisterAccountSchema, request), metadata('respond-async'));
        ids.push(fromBinary(CommittedSchema, answer).id);
      }
    }),
  );
  let turn = 0;
  const nextAccount = (): string => ids[turn++ % ids.length] ?? '';
  const update = `/${AccountCommands.typeName}/UpdateProfile`;
  const updateBytes = (): Uint8Array =>
    toBinary(UpdateProfileSchema, create(UpdateProfileSchema, { accountId: nextAccount(), source: `bench ${turn}` }));
  const record = `/${OrderCommands.typeName}/RecordOrder`;
  const order = JSON.parse(body) as Record<string, unknown>;
  const orderJson = (): object => {
    const { orderId: _, ...rest } = order;
    return { ...rest, accountId: nextAccount(), externalRef: { system: 'bench', id: randomUUID() } };
  };

  const atDoor = (name: string, path: string, bytes: () => Uint8Array, prefer?: string): Variant => ({
    name,
    self: false,
    pids: () => [pidOf('accounts'), ...database()],
    run: (ms) => closedLoop(inFlight, ms, () => wire.call(path, bytes(), metadata(prefer))),
  });
  const echoLoad = httpLoad(echo.url, inFlight);
  const usualLoad = httpLoad(usual.url, inFlight);
  const gatewayLoad = httpLoad(house.url, inFlight);
  const emptyLoad = httpLoad(empty.url, inFlight);
  const profile = (): { path: string; body: string; headers: Record<string, string> } => ({
    path: `/v1/accounts/${nextAccount()}:updateProfile`,
    body: JSON.stringify({ source: `bench ${turn}` }),
    headers: { ...metadata('respond-async') },
  });
  // What other services do with the events is not this command's cost; the rows of the door measure the whole house.
  process.kill(pidOf('complaints'), 'SIGSTOP');
  const measured = await interleave(
    [
      probeA(pool, database),
      {
        name: 'E  Nest and Fastify, POST echo, 64 connections',
        self: false,
        pids: () => [echo.pid],
        run: posting(echoLoad, inFlight, () => ({ path: '/echo', body })),
      },
      {
        name: 'usual code: one transaction, seven trips, 64 connections',
        self: false,
        pids: () => [usual.pid, ...database()],
        run: posting(usualLoad, inFlight, () => ({ path: '/append', body: JSON.stringify({ stream: nextAccount(), data: order }) })),
      },
      atDoor('UpdateProfile at the service’s door, 64 in flight', update, updateBytes, 'respond-async'),
      atDoor('the same, answered after the views', update, updateBytes),
      atDoor(
        'RecordOrder at the service’s door, 64 in flight',
        record,
        () => toBinary(RecordOrderSchema, parseStrict(RecordOrderSchema, orderJson() as never)),
        'respond-async',
      ),
      {
        name: 'UpdateProfile through the gateway, 64 connections',
        self: false,
        pids: () => [pidOf('gateway'), pidOf('accounts'), ...database()],
        run: posting(gatewayLoad, inFlight, profile),
      },
      {
        name: 'H  gateway and hop into an empty handler, 64 connections',
        self: false,
        pids: () => empty.pids,
        run: posting(emptyLoad, inFlight, profile),
      },
    ],
    { rounds },
  );
  process.kill(pidOf('complaints'), 'SIGCONT');
  [echoLoad, usualLoad, gatewayLoad, emptyLoad].forEach((it) => it.close());
  [echo, usual, empty].forEach((it) => it.stop());
  wire.close();
  await pool.end();
  printMeasured(measured);
  const [a, e, old, door, settled, ordered, through, h] = measured as [
    Measured,
    Measured,
    Measured,
    Measured,
    Measured,
    Measured,
    Measured,
    Measured,
  ];
  return [
    { row: '4', what: 'whole command at the service’s door ÷ A', value: ratio(door, a), gate: 0.5, stretch: 0.7 },
    { row: '4', what: 'whole command at the service’s door ÷ E', value: ratio(door, e), gate: 0.25, stretch: 0.36 },
    { row: '4', what: 'whole command at the service’s door ÷ the usual code', value: ratio(door, old), gate: 4, stretch: 5 },
    { row: '4', what: 'the same answered after the views ÷ A', value: ratio(settled, a) },
    { row: '4', what: 'RecordOrder (new stream, account looked up) ÷ A', value: ratio(ordered, a) },
    { row: '4b', what: 'whole command through the gateway ÷ E', value: ratio(through, e), gate: 0.15, stretch: 0.22 },
    { row: '4b', what: 'whole command through the gateway ÷ H', value: ratio(through, h), gate: 0.6, stretch: 0.8 },
    { row: '5', what: 'CPU a command (service and PostgreSQL) ÷ E’s server CPU', value: door.cpu / e.cpu, gate: 3.5, stretch: 2.5, atLeast: false },
  ];
};
