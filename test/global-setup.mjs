// Plain JavaScript: Jest loads this before its transforms; Node itself then strips the types of what it imports.
import { offerKafka } from './kafka.server.ts';
import { startTestServer } from './server.ts';

export default async function setup() {
  globalThis.testServers = [await startTestServer(), await offerKafka()];
}
