import type { Socket } from 'node:net';
import { Query, type ClientBase, type Connection } from 'pg';

type Copying = Connection & { readonly stream: Socket; sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void; sendCopyFail(why: string): void };

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const special = /[\\\t\n\r]/;
const cell = (text: string | null): string => {
  if (text === null) return '\\N';
  return special.test(text) ? text.replaceAll(/[\\\t\n\r]/g, (it) => escapes[it] ?? it) : text;
};

/** A line of COPY's text format. */
export const copyLine = (cells: readonly (string | null)[]): string => `${cells.map(cell).join('\t')}\n`;

/** Ends too when the connection is lost. */
const drained = (stream: Socket): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      stream.off('drain', end).off('close', end);
      resolve();
    };
    stream.once('drain', end).once('close', end);
  });

/** The driver's query, but it has something to send when the server asks for it. */
class CopyIn extends Query {
  constructor(
    text: string,
    private readonly send: (connection: Copying) => void,
    callback: (error?: Error) => void,
  ) {
    super(text, callback);
  }
  handleCopyInResponse(connection: Copying): void {
    this.send(connection);
  }
}

/**
 * Writes lines into a table by COPY, on a connection that nobody else uses meanwhile, no faster than the server takes them.
 * @param pieces lines, or nothing, each; the event loop has its turn between two of them
 * @throws whatever the server answers, or making the pieces throws
 */
export const copyIn = async (client: ClientBase, target: string, pieces: Iterable<string>): Promise<void> => {
  let refused = false;
  let thrown: unknown;
  const send = async (connection: Copying): Promise<void> => {
    try {
      for (const piece of pieces) {
        if (refused) return;
        if (piece) connection.sendCopyFromChunk(Buffer.from(piece));
        if (connection.stream.writableNeedDrain) await drained(connection.stream);
        else await new Promise(setImmediate);
      }
      if (!refused) connection.endCopyFrom();
    } catch (error) {
      thrown = error;
      connection.sendCopyFail('the rows could not be made');
    }
  };
  await new Promise<void>((resolve, reject) => {
    const ended = (error?: Error): void => {
      refused = true;
      if (error) reject((thrown as Error | undefined) ?? error);
      else resolve();
    };
    client.query(new CopyIn(`copy ${target} from stdin`, (connection) => void send(connection), ended));
  });
};
