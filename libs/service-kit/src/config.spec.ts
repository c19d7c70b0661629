import { describe, expect, it } from '@jest/globals';
import { ConfigFault, readConfig } from './config.js';
import { ServiceConfig } from './service.config.js';

const good = {
  GUANXI_SERVICE: 'accounts',
  GUANXI_DATABASE_URL: 'postgres://app:s3cret@127.0.0.1:5432/accounts',
  GUANXI_BUS_URL: 'postgres://app:s3cret@127.0.0.1:5432/bus',
  GUANXI_GRPC: '127.0.0.1:5001',
  GUANXI_NAMESPACE: '6f9a3a1c-2f0e-4f0c-9a57-0d8c5b6b8a11',
  GUANXI_ISSUER: 'https://issuer.test',
  GUANXI_JWKS: 'keys/jwks.json',
};
const faultsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(ServiceConfig, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigFault) return error.faults;
    throw error;
  }
};

describe('the configuration of a service', () => {
  it('has defaults for what need not be said, and reads numbers and lists', () => {
    expect(readConfig(ServiceConfig, good)).toMatchObject({ audience: 'guanxi', partitions: 24, peers: {}, log: 'info' });
    const more = { ...good, GUANXI_PARTITIONS: '6', GUANXI_PEERS: 'accounts=127.0.0.1:5001, complaints=[::1]:5002', GUANXI_LOG: '' };
    expect(readConfig(ServiceConfig, more)).toMatchObject({
      partitions: 6,
      peers: { accounts: '127.0.0.1:5001', complaints: '[::1]:5002' },
      log: 'info',
    });
  });
  it('wants one bus: PostgreSQL’s, or the brokers of Kafka', () => {
    const { GUANXI_BUS_URL: _, ...none } = good;
    expect(faultsOf(none)).toEqual(['GUANXI_BUS_URL is not set (matches)']);
    expect(readConfig(ServiceConfig, { ...none, GUANXI_KAFKA_BROKERS: 'a:9092, [::1]:9093' })).toMatchObject({
      kafkaBrokers: ['a:9092', '[::1]:9093'],
      kafkaTls: 'off',
      kafkaCompression: 'none',
      kafkaReplication: -1,
    });
    expect(faultsOf({ ...none, GUANXI_KAFKA_BROKERS: 'kafka', GUANXI_KAFKA_SASL: 'secret' })).toEqual([
      'GUANXI_KAFKA_BROKERS must be a list host:port,… (matches)',
      'GUANXI_KAFKA_SASL must be one of the following values: plain, scram-sha-256, scram-sha-512 (isIn)',
    ]);
  });
  it('leaves alone what belongs to others', () => {
    expect(readConfig(ServiceConfig, { ...good, GUANXI_PORT: '8080', PATH: '/bin' })).not.toHaveProperty('port');
  });
  it('names all faults at once, by variable and rule', () => {
    const faults = faultsOf({
      ...good,
      GUANXI_SERVICE: '',
      GUANXI_NAMESPACE: 'x',
      GUANXI_GRPC: 'here',
      GUANXI_JWKS: 'http://x/y',
      GUANXI_PARTITIONS: 'many',
      GUANXI_PEERS: 'a=b',
    });
    expect(faults).toEqual([
      'GUANXI_SERVICE is not set (matches)',
      'GUANXI_GRPC must be host:port (matches)',
      'GUANXI_NAMESPACE must be a UUID (isUuid)',
      'GUANXI_JWKS must be a file or an https address (matches)',
      'GUANXI_PEERS must be a list name=host:port,… (isObject)',
      'GUANXI_PARTITIONS must be a whole number (isInt)',
    ]);
  });
  it('never repeats a value, since it may be a secret', () => {
    const message = new ConfigFault(
      faultsOf({ ...good, GUANXI_DATABASE_URL: 's3cret', GUANXI_OWNER_URL: 's3cret', GUANXI_LOG: 's3cret', GUANXI_PEERS: 's3cret' }),
    ).message;
    expect(message).toContain('has 4 faults');
    expect(message).not.toContain('s3cret');
  });
});
