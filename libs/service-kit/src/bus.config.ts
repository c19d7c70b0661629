import { Transform, Type } from 'class-transformer';
import { ArrayMinSize, IsArray, IsIn, IsInt, IsOptional, IsString, Matches, Max, Min, ValidateIf } from 'class-validator';
import { address } from './address.js';

/** `a:9092, b:9092` → a list. */
const listOf = (value: unknown): unknown => (typeof value === 'string' ? value.split(',').map((it) => it.trim()) : value);

/** Which bus it is, and how it is reached: either the PostgreSQL bus or Kafka. */
export class BusConfig {
  /** The PostgreSQL bus. */
  @ValidateIf(({ busUrl, kafkaBrokers }: BusConfig) => busUrl !== undefined || kafkaBrokers === undefined)
  @Matches(/^postgres(ql)?:\/\//, { message: 'must be a postgres:// address, or GUANXI_KAFKA_BROKERS a list host:port,…' })
  busUrl?: string;

  /** The brokers of Kafka to begin with: host:port, separated by commas. */
  @IsOptional()
  @Transform(({ value }) => listOf(value))
  @IsArray()
  @ArrayMinSize(1)
  @Matches(address, { each: true, message: 'must be a list host:port,…' })
  kafkaBrokers?: string[];

  @IsIn(['on', 'off'])
  kafkaTls: 'on' | 'off' = 'off';

  /** Certificates of the authority that signed the brokers', where it is not a public one: a PEM file. */
  @IsOptional()
  @IsString()
  kafkaCaFile?: string;

  /** Our own certificate and key, where the brokers ask for one: PEM files. */
  @IsOptional()
  @IsString()
  kafkaCertFile?: string;

  @IsOptional()
  @IsString()
  kafkaKeyFile?: string;

  @IsOptional()
  @IsIn(['plain', 'scram-sha-256', 'scram-sha-512'])
  kafkaSasl?: 'plain' | 'scram-sha-256' | 'scram-sha-512';

  @IsOptional()
  @IsString()
  kafkaUsername?: string;

  /** Holds the password and nothing else. */
  @IsOptional()
  @IsString()
  kafkaPasswordFile?: string;

  @IsIn(['none', 'gzip', 'zstd'])
  kafkaCompression: 'none' | 'gzip' | 'zstd' = 'none';

  /** After so long without a sign of life a member's partitions go to others, milliseconds; the brokers allow 6,000 and more. */
  @Type(() => Number)
  @Min(6_000)
  @Max(300_000)
  @IsInt({ message: 'must be a whole number' })
  kafkaSessionTimeoutMs: number = 15_000;

  /** Copies of the own topic; else the brokers' default. Read when the topic is made. */
  @IsOptional()
  @Type(() => Number)
  @Min(1)
  @Max(9)
  @IsInt({ message: 'must be a whole number' })
  kafkaReplicas?: number;

  /** How many of them must have a record before it counts as sent. */
  @IsOptional()
  @Type(() => Number)
  @Min(1)
  @Max(9)
  @IsInt({ message: 'must be a whole number' })
  kafkaInsyncReplicas?: number;
}
