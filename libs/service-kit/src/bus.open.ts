import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { EventBus } from '@guanxi/messaging/bus';
import { openKafkaBus, type KafkaBusOptions } from '@guanxi/messaging/kafka.bus';
import { openPostgresBus } from '@guanxi/messaging/postgres.bus';
import type { BusConfig } from './bus.config.js';
import { faultOf, type Log } from './log.js';

type Security = Pick<KafkaBusOptions, 'ssl' | 'sasl'>;

const textOf = (file: string | undefined): string | undefined => (file === undefined ? undefined : readFileSync(file, 'utf8'));

/** TLS and SASL as configured. @throws Error where a file cannot be read, or a part of SASL is missing */
const securityOf = ({ kafkaTls, kafkaCaFile, kafkaCertFile, kafkaKeyFile, kafkaSasl, kafkaUsername, kafkaPasswordFile }: BusConfig): Security => {
  const files = { ca: textOf(kafkaCaFile), cert: textOf(kafkaCertFile), key: textOf(kafkaKeyFile) };
  const ssl = kafkaTls === 'on' && files;
  if (kafkaSasl === undefined) return { ssl };
  if (kafkaUsername === undefined || kafkaPasswordFile === undefined)
    throw new Error('GUANXI_KAFKA_SASL needs GUANXI_KAFKA_USERNAME and GUANXI_KAFKA_PASSWORD_FILE');
  return { ssl, sasl: { mechanism: kafkaSasl, username: kafkaUsername, password: readFileSync(kafkaPasswordFile, 'utf8').trim() } };
};

/** Opens the bus that the configuration names. @throws Error where the PostgreSQL bus is away, or Kafka's configuration is not whole */
export const openBus = async (config: BusConfig, service: string, log: Log): Promise<EventBus> => {
  const onError = (error: unknown): void => log.warn(faultOf(error), 'the bus had an error');
  if (config.kafkaBrokers === undefined) return openPostgresBus(config.busUrl ?? '', { onError });
  return openKafkaBus({
    brokers: config.kafkaBrokers,
    clientId: `guanxi-${service}-${hostname()}`,
    ...securityOf(config),
    compression: config.kafkaCompression,
    sessionTimeoutMs: config.kafkaSessionTimeoutMs,
    replicas: config.kafkaReplicas,
    insyncReplicas: config.kafkaInsyncReplicas,
    onError,
    onWarning: (text, facts) =>
      log.warn({ reason: [text, ...Object.entries(facts).map(([name, value]) => `${name}=${value}`)].join(' ') }, 'Kafka warns'),
    onStopped: (reason) => {
      log.error({ reason }, 'only a new process helps; this one ends');
      process.exit(1);
    },
  });
};
