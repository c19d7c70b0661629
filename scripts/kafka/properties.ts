export type Settings = Readonly<Record<string, string | number | boolean>>;

/** Where a local broker stands. */
export interface Place {
  readonly port: number;
  readonly controllerPort: number;
  /** Of its log segments. */
  readonly data: string;
}

/** Of topics that Kafka makes for itself. */
const internal = ['offsets.topic', 'transaction.state.log', 'share.coordinator.state.topic'];

/** The `server.properties` of one node that is broker and controller, on loopback. */
export const serverProperties = ({ port, controllerPort, data }: Place, more: Settings): string => {
  const settings: Settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': data,
    // An event that is sent to a topic nobody made is a mistake.
    'auto.create.topics.enable': false,
    ...Object.fromEntries(internal.map((topic) => [`${topic}.replication.factor`, 1])),
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'offsets.topic.num.partitions': 4,
    // Nobody else is coming: a group need not wait for more members.
    'group.initial.rebalance.delay.ms': 0,
    // After kill -9 a broker waits until its own old session has ended.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    ...more,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
};
