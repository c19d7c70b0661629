// The usual code, kept to be beaten: one transaction a command, seven round trips (load, lock, insert, stream row, outbox). Prints its port.
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { Body, Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.USUAL_URL, max: 10 });

interface Wish {
  readonly stream: string;
  readonly data: unknown;
}

class UsualController {
  async append({ stream, data }: Wish) {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const { rows } = await client.query<{ version: number }>('select version from usual_streams where id = $1 for update', [stream]);
      const version = rows[0]?.version ?? 0;
      await client.query('select data from usual_events where stream = $1 order by version', [stream]);
      await client.query('insert into usual_events (stream, version, type, data) values ($1, $2, $3, $4)', [stream, version + 1, 'Changed', data]);
      await client.query('insert into usual_streams values ($1, $2) on conflict (id) do update set version = excluded.version', [
        stream,
        version + 1,
      ]);
      await client.query('insert into usual_outbox (id, payload) values ($1, $2)', [randomUUID(), data]);
      await client.query('commit');
      return { id: stream, version: version + 1 };
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }
}
Body()(UsualController.prototype, 'append', 0);
Post('append')(UsualController.prototype, 'append', Object.getOwnPropertyDescriptor(UsualController.prototype, 'append') as PropertyDescriptor);
Controller()(UsualController);

class UsualModule {}
Module({ controllers: [UsualController] })(UsualModule);

await pool.query(`
  create table if not exists usual_streams (id uuid primary key, version int not null);
  create table if not exists usual_events (position bigint generated always as identity primary key, stream uuid not null, version int not null,
    type text not null, data json not null, unique (stream, version));
  create table if not exists usual_outbox (id uuid primary key, payload json not null)`);
const app = await NestFactory.create(UsualModule, new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
console.log(((app.getHttpServer() as import('node:http').Server).address() as import('node:net').AddressInfo).port);
