import { Transform, Type } from 'class-transformer';
import { IsIn, IsInt, IsObject, IsOptional, IsString, IsUUID, Matches, Max, MaxLength, Min } from 'class-validator';
import { address, peersOf } from '@guanxi/service-kit/address';

/** The environment of the gateway; the token variables are those of every service. */
export class GatewayConfig {
  /** Where to listen, host:port; port 0 takes a free one. */
  @Matches(address, { message: 'must be host:port' })
  http: string;

  /** The services by name. */
  @Transform(({ value }) => peersOf(value))
  @IsObject({ message: 'must be a list name=host:port,…' })
  peers: Record<string, string>;

  /** Of the installation; the batch door finds by it which lines name the same account. */
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

  /** With tls.crt, tls.key and ca.crt: services and gateway speak by mutual TLS. Without it in plain text. */
  @IsOptional()
  @IsString()
  tlsFolder?: string;

  /** Holds the gateway's own token, with which it reads histories for live changes and vouches for batches that outlive theirs. */
  @IsOptional()
  @IsString()
  serviceTokenFile?: string;

  /** A section of the page of one customer that is further behind is stale. */
  @Type(() => Number)
  @Min(1)
  @Max(3_600_000)
  @IsInt({ message: 'must be a whole number' })
  staleMs: number = 5_000;

  /** Of the services' topics; as theirs. */
  @Type(() => Number)
  @Min(1)
  @Max(1000)
  @IsInt({ message: 'must be a whole number' })
  partitions: number = 24;

  /** Where Prometheus and probes ask: /metrics, /health/live, /health/ready, without a token. Nowhere where absent. */
  @IsOptional()
  @Matches(address, { message: 'must be host:port' })
  operations?: string;

  /** The commit that was built, for /version. */
  @IsOptional()
  @Matches(/^[0-9a-f]{7,64}$/, { message: 'must be a commit hash' })
  commit?: string;

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  log: string = 'info';
}
