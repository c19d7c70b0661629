import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** Connections of this process to others. */
export interface Sockets {
  /** Breaks those that are open now and go to one of these ports, as a dying network does. */
  cut(ports: readonly number[]): void;
}

/** Watches the connections that this process opens from now on. */
export const watchSockets = (): Sockets => {
  const open = new Set<Socket>();
  subscribe('net.client.socket', (message) => {
    const { socket } = message as { socket: Socket };
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return { cut: (ports) => [...open].filter((it) => ports.includes(it.remotePort ?? 0)).forEach((it) => it.destroy(new Error('The network died.'))) };
};
