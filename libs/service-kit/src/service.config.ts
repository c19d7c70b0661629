import { Transform, Type } from 'class-transformer';
import { IsIn, IsInt, IsObject, IsOptional, IsString, IsUUID, Matches, Max, MaxLength, Min } from 'class-validator';
import { address, peersOf } from './address.js';
import { BusConfig } from './bus.config.js';

const database = { message: 'must be a postgres:// address' };

/** The environment of a service (architecture.md §8). */
export class ServiceConfig extends BusConfig {
  /** Its name, equal to its definition's. */
  @Matches(/^[a-z][a-z0-9-]*$/, { message: 'must be a lower-case name' })
  service: string;

  /** The application role's: may not change or delete events. */
  @Matches(/^postgres(ql)?:\/\//, database)
  databaseUrl: string;

  /** The owner's, for migrations; without it the tables must be there already. */
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, database)
  ownerUrl?: string;

  /** Where to listen. */
  @Matches(address, { message: 'must be host:port' })
  grpc: string;

  /** Of the installation: ids of things with an external reference are made from it. Never changes. */
  @IsUUID('all', { message: 'must be a UUID' })
  namespace: string;

  @IsString()
  @MaxLength(500)
  issuer: string;

  @IsString()
  @MaxLength(200)
  audience: string = 'guanxi';

  /** The issuer's public keys: a file or an https address. */
  @Matches(/^(https:\/\/|(?![a-z]+:\/\/))./, { message: 'must be a file or an https address' })
  jwks: string;

  /** Holds the token of this service's own calls; read again when it changes. */
  @IsOptional()
  @IsString()
  serviceTokenFile?: string;

  /** The notary's keys, a file: PEM blocks or JWKs, Ed25519. Private ones sign; without it nothing is signed. */
  @IsOptional()
  @IsString()
  notaryKeys?: string;

  /** The other services by name. */
  @Transform(({ value }) => peersOf(value))
  @IsObject({ message: 'must be a list name=host:port,…' })
  peers: Record<string, string> = {};

  /** With tls.crt, tls.key and ca.crt: services and gateway speak by mutual TLS. Without it in plain text. */
  @IsOptional()
  @IsString()
  tlsFolder?: string;

  /** Where Prometheus and probes ask: /metrics, /health/live, /health/ready, without a token. Nowhere where absent. */
  @IsOptional()
  @Matches(address, { message: 'must be host:port' })
  operations?: string;

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  log: string = 'info';

  /** Of its topic; chosen once, since records keep their partition. */
  @Type(() => Number)
  @Min(1)
  @Max(1000)
  @IsInt({ message: 'must be a whole number' })
  partitions: number = 24;
}
