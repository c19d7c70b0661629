// Probe E: what Nest with Fastify does for one POST without any work of ours. Prints its port and runs until killed.
import 'reflect-metadata';
import { Body, Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

class EchoController {
  echo(body: unknown) {
    return body;
  }
}
// Type stripping knows no decorator syntax, so they are applied by hand.
Body()(EchoController.prototype, 'echo', 0);
Post('echo')(EchoController.prototype, 'echo', Object.getOwnPropertyDescriptor(EchoController.prototype, 'echo') as PropertyDescriptor);
Controller()(EchoController);

class EchoModule {}
Module({ controllers: [EchoController] })(EchoModule);

const app = await NestFactory.create(EchoModule, new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
const address = (app.getHttpServer() as import('node:http').Server).address() as import('node:net').AddressInfo;
console.log(address.port);
