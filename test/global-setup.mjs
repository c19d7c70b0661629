// Plain JavaScript: Jest loads this before its transforms; Node itself then strips the types of what it imports.
import { startTestServer } from './server.ts';

export default async function setup() {
  globalThis.stopTestServer = await startTestServer();
}
