import { address } from './database.ts';
import { issuerOf, jwksFile, tokenFile } from './issuer.ts';
import { notaryKeys } from './notary.ts';
import { bus, services } from './services.ts';

/** What the environments of all processes are made from. */
export interface House {
  readonly folder: string;
  readonly namespace: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly databasePort: number;
  readonly gatewayPort: number;
  /** gRPC ports by service. */
  readonly ports: Readonly<Record<string, number>>;
  /** Ports of /metrics and probes, by service and for the gateway. */
  readonly operations: Readonly<Record<string, number>>;
  /** Kafka's brokers, host:port,…; without them the services use the PostgreSQL bus. */
  readonly brokers?: string;
}

const shared = (house: House, name: string): Readonly<Record<string, string>> => ({
  GUANXI_NAMESPACE: house.namespace,
  GUANXI_ISSUER: issuerOf(house.namespace),
  GUANXI_AUDIENCE: 'guanxi',
  GUANXI_JWKS: jwksFile(house.folder),
  GUANXI_SERVICE_TOKEN_FILE: tokenFile(house.folder, name),
  GUANXI_PEERS: services
    .filter((peer) => peer !== name)
    .map((peer) => `${peer}=127.0.0.1:${house.ports[peer]}`)
    .join(','),
  GUANXI_OPERATIONS: `127.0.0.1:${house.operations[name]}`,
  GUANXI_LOG: process.env.GUANXI_LOG ?? 'info',
  GUANXI_PARTITIONS: process.env.GUANXI_PARTITIONS ?? '24',
});

const busOf = ({ brokers, databasePort, secrets }: House): Readonly<Record<string, string>> =>
  brokers === undefined
    ? { GUANXI_BUS_URL: address(databasePort, `${bus}_app`, secrets, bus), GUANXI_KAFKA_BROKERS: '' }
    : { GUANXI_BUS_URL: '', GUANXI_KAFKA_BROKERS: brokers };

/** The environment of a service (libs/service-kit, service.config.ts). */
export const serviceEnvironment = (house: House, name: string): Readonly<Record<string, string>> => ({
  ...shared(house, name),
  GUANXI_SERVICE: name,
  GUANXI_DATABASE_URL: address(house.databasePort, `${name}_app`, house.secrets, name),
  GUANXI_OWNER_URL: address(house.databasePort, `${name}_owner`, house.secrets, name),
  ...busOf(house),
  GUANXI_NOTARY_KEYS: notaryKeys(house.folder, name),
  GUANXI_GRPC: `127.0.0.1:${house.ports[name]}`,
});

/** The gateway's environment. */
export const gatewayEnvironment = (house: House): Readonly<Record<string, string>> => ({
  ...shared(house, 'gateway'),
  GUANXI_HTTP: `127.0.0.1:${house.gatewayPort}`,
});
