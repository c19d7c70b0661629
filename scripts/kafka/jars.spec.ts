import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { kafkaJars } from './jars.ts';

const program = (file: string, body: string): void => writeFileSync(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });

describe('the jars of Apache Kafka', () => {
  let folder = '';
  const of = (name: string): string => join(folder, name);
  const fetched = () => kafkaJars({ java: of('java'), maven: of('mvn'), cache: of('cache') });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'guanxi-jars-'));
    program(of('java'), `echo 'openjdk version "17.0.15" 2025-04-15' >&2`);
    program(
      of('mvn'),
      `for flag; do case $flag in -DoutputDirectory=*) echo jar > "\${flag#*=}/kafka.jar"; echo jar > "\${flag#*=}/log.jar";; esac; done`,
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are fetched once', async () => {
    const { classpath } = await fetched();
    rmSync(of('mvn'));
    expect(await fetched()).toEqual({ java: of('java'), classpath });
    expect(readdirSync(dirname(classpath)).sort()).toEqual(['kafka.jar', 'list.json', 'log.jar']);
  });

  it('are fetched again where one is missing or was cut short', async () => {
    const { classpath } = await fetched();
    const jars = dirname(classpath);
    for (const harm of [() => rmSync(join(jars, 'log.jar')), () => truncateSync(join(jars, 'log.jar'), 1), () => rmSync(join(jars, 'list.json'))]) {
      harm();
      await fetched();
      expect(existsSync(join(jars, 'log.jar'))).toBe(true);
      expect(existsSync(join(jars, 'list.json'))).toBe(true);
    }
  });

  it('are fetched once though many want them at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, fetched));
    expect(new Set(all.map((it) => it.classpath)).size).toBe(1);
    expect(readdirSync(of('cache'))).toHaveLength(1);
  });

  it.each([
    ['no Java', () => rmSync(of('java')), 'Java 17 or newer, and there is no `java`'],
    [
      'an old Java',
      () => program(of('java'), `echo 'openjdk version "11.0.2"' >&2`),
      'Java 17 or newer; `java -version` says:\nopenjdk version "11.0.2"',
    ],
    ['no Maven', () => rmSync(of('mvn')), 'Install Maven, or set KAFKA_BROKERS'],
    ['a Maven that fails', () => program(of('mvn'), `[ "$1" = --version ] || { echo no way; exit 1; }`), 'could not fetch Apache Kafka:\nno way'],
  ])('cannot be had with %s, and it says what to do', async (_, harm, words) => {
    harm();
    await expect(fetched()).rejects.toThrow(words);
    expect(existsSync(of('cache')) ? readdirSync(of('cache')) : []).toEqual([]);
  });
});
