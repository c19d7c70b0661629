import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { AccountCommands, RegisterAccountSchema, UpdateProfileSchema } from '@guanxi/contracts/guanxi/accounts/v1/account_pb';
import { CommittedSchema } from '@guanxi/contracts/guanxi/common/v1/command_pb';
import { parseStrict } from '@guanxi/contracts/json';
import { WireClient } from '@guanxi/service-kit/wire.client';
import { environmentOf, startGatewayBefore, type EmptyHouse } from '../empty.house.ts';
import { closedLoop, interleave, ratio, type Measured, type Variant } from '../harness.ts';
import { createDatabase } from '../house.ts';
import { httpLoad, posting, type HttpLoad } from '../http.ts';
import { printMeasured, type Figure } from '../report.ts';
import { startServer } from '../server.ts';
import type { DrillHouse } from '../../scripts/drill/house.ts';

const inFlight = 64;
const accounts = 1_000;

/** How a command is watched; `kept` is the share of traces that are. */
const ways = [
  { name: 'nothing', metrics: false, kept: 0 },
  { name: 'metrics', metrics: true, kept: 0 },
  { name: 'metrics, 1 % of the traces', metrics: true, kept: 0.01 },
  { name: 'metrics, all traces', metrics: true, kept: 1 },
] as const;

/** A collector that takes everything; its CPU is not counted. */
const startSink = async (): Promise<{ url: string; close: () => void }> => {
  const server = createServer((request, response) => void request.resume().on('end', () => response.writeHead(200).end()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
};

/** The command's own path behind a gateway of its own, watched in one way. */
interface Watched {
  readonly house: EmptyHouse;
  readonly servicePid: number;
  readonly wire: WireClient;
  readonly load: HttpLoad;
  readonly ids: readonly string[];
}

const registered = async (wire: WireClient, authorization: string): Promise<string[]> => {
  const path = `/${AccountCommands.typeName}/RegisterAccount`;
  const one = async (n: number): Promise<string> => {
    const request = parseStrict(RegisterAccountSchema, {
      kind: 'PERSON',
      displayName: `Customer ${n}`,
      externalRef: { system: 'bench', id: String(n) },
    });
    const { body } = await wire.call(path, toBinary(RegisterAccountSchema, request), { authorization, prefer: 'respond-async' });
    return fromBinary(CommittedSchema, body).id;
  };
  return Promise.all(Array.from({ length: accounts }, (_, n) => one(n)));
};

/** CPU of a command by how it is watched, at the service's own door and through the gateway, as ratios of one run. */
export const watchedRows = async (house: DrillHouse, rounds: number): Promise<Figure[]> => {
  const { postgres, processes } = house.run();
  const pidOf = (name: string): number => processes.find((it) => it.name === name)?.pid ?? 0;
  const authorization = `Bearer ${await house.token()}`;
  const sink = await startSink();
  const begin = async ({ metrics, kept }: (typeof ways)[number], n: number): Promise<Watched> => {
    const tracing: Record<string, string> =
      kept > 0 ? { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: `${kept}` } : {};
    const operations = metrics ? '127.0.0.1:0' : '';
    const database = await createDatabase(house, `watched_${n}`);
    const service = await startServer('path.service', {
      ...{ ...environmentOf(pidOf('accounts')), ...tracing, PATH_URL: database, PATH_OPERATIONS: operations },
    });
    const behind = await startGatewayBefore(pidOf('gateway'), service, { ...tracing, GUANXI_OPERATIONS: operations });
    const wire = new WireClient(new URL(service.url).host);
    return { house: behind, servicePid: service.pid, wire, load: httpLoad(behind.url, inFlight), ids: await registered(wire, authorization) };
  };
  const all: Watched[] = [];
  for (const [n, way] of ways.entries()) all.push(await begin(way, n));

  let turn = 0;
  const next = (ids: readonly string[]): string => ids[turn++ % ids.length] ?? '';
  const update = `/${AccountCommands.typeName}/UpdateProfile`;
  const trace = (kept: number): string =>
    `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-${Math.random() < kept ? '01' : '00'}`;
  const variants = ways.flatMap(({ name, kept }, n): Variant[] => {
    const { house: behind, servicePid, wire, load, ids } = all[n] as Watched;
    const bytes = (): Uint8Array => toBinary(UpdateProfileSchema, create(UpdateProfileSchema, { accountId: next(ids), source: `bench ${turn}` }));
    const headers = (): Record<string, string> => ({ authorization, 'idempotency-key': randomUUID(), prefer: 'respond-async' });
    return [
      {
        name: `at the service’s door: ${name}`,
        self: false,
        pids: () => [servicePid, postgres?.pid ?? 0],
        run: (ms) => closedLoop(inFlight, ms, () => wire.call(update, bytes(), { ...headers(), traceparent: trace(kept) })),
      },
      {
        name: `through the gateway: ${name}`,
        self: false,
        pids: () => [...behind.pids, postgres?.pid ?? 0],
        run: posting(load, inFlight, () => ({
          path: `/v1/accounts/${next(ids)}:updateProfile`,
          body: JSON.stringify({ source: `bench ${turn}` }),
          headers: headers(),
        })),
      },
    ];
  });
  // Many short slices: what is looked for is small, and neighbours on the machine come and go.
  const measured = await interleave(variants, { rounds: rounds * 5, ms: 400 });
  for (const { house: behind, wire, load } of all) {
    wire.close();
    load.close();
    behind.stop();
  }
  sink.close();
  printMeasured(measured);
  const [door, through] = [measured.filter((_, n) => n % 2 === 0), measured.filter((_, n) => n % 2 === 1)];
  const ratios = (what: string, [nothing, ...others]: readonly Measured[]): Figure[] =>
    others.map((it, n) => ({
      ...{ row: '4w', what: `CPU ${what}: ${ways[n + 1]?.name} ÷ nothing`, value: nothing ? ratio(it, nothing, 'cpus') : NaN, atLeast: false },
      ...(n === 0 ? { gate: 1.05 } : {}),
    }));
  return [...ratios('at the service’s door', door), ...ratios('through the gateway', through)];
};
