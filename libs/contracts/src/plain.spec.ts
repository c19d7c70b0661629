import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { buf, root, withContracts } from './testing/compile.js';

const proto = `
syntax = "proto3";
package guanxi.testing.v1;
import "buf/validate/validate.proto";
import "google/protobuf/timestamp.proto";
import "guanxi/common/v1/shared.proto";

// What can be done.
service ThingCommands {
  // Makes a thing.
  rpc MakeThing(v1.MakeThing) returns (Thing);
}

// Ends a comment: */ early.
message MakeThing {
  // The name.
  string name = 1;
  optional int32 count = 2;
  google.protobuf.Timestamp at = 3;
  google.protobuf.Timestamp sure_at = 4 [(buf.validate.field).required = true];
  int64 amount_minor = 5;
  repeated Thing.Kind kinds = 6;
  map<string, guanxi.common.v1.Money> sums = 7;
  guanxi.common.v1.ExternalRef external_ref = 8 [(buf.validate.field).required = true];
  ThingEvent last = 9;
  bytes raw = 10;
}
message ThingEvent { oneof event { ThingMade thing_made = 1; ThingGone thing_gone = 2; } }
message ThingMade { string name = 1; }
message ThingGone {}
message Thing {
  enum Kind { KIND_UNSPECIFIED = 0; BIG = 1; }
  Kind kind = 1;
  oneof size { int32 width = 2; string label = 3; }
}
`;

/** What the generator writes for the contract above. */
const generated = (): string =>
  withContracts({ 'guanxi/testing/v1/thing.proto': proto }, (folder) => {
    const out = mkdtempSync(join(tmpdir(), 'guanxi-plain-'));
    try {
      const { code, said } = buf(root, 'generate', folder, '--template', 'buf.gen.yaml', '-o', out);
      if (code !== 0) throw new Error(said);
      return readFileSync(join(out, 'guanxi/testing/v1/thing.ts'), 'utf8');
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  });

describe('readable types', () => {
  const text = generated();
  const declared = (name: string) => new RegExp(`export (?:interface ${name} .*?\\n\\}|type ${name} .*?;)\\n`, 's').exec(text)?.[0];

  it('say what plain proto3 JSON holds: 64-bit integers, instants and bytes as text, enums as names', () => {
    expect(declared('MakeThing')).toBe(
      `export interface MakeThing {
  /** The name. */
  name: string;
  count?: number | undefined;
  at?: string | undefined;
  sureAt: string;
  amountMinor: string;
  kinds: ThingKind[];
  sums: Record<string, Money>;
  externalRef: ExternalRef;
  last?: OneOf<ThingEvent> | undefined;
  raw: string;
}
`,
    );
    expect(declared('ThingKind')).toBe(`export type ThingKind = 'KIND_UNSPECIFIED' | 'BIG';\n`);
  });

  it('map the cases of a message that is one oneof, and leave other oneofs as fields that may be absent', () => {
    expect(declared('ThingEvent')).toBe('export interface ThingEvent {\n  thingMade: ThingMade;\n  thingGone: ThingGone;\n}\n');
    expect(declared('Thing')).toBe('export interface Thing {\n  kind: ThingKind;\n  width?: number | undefined;\n  label?: string | undefined;\n}\n');
    expect(declared('ThingGone')).toBe('export type ThingGone = Record<string, never>;\n');
  });

  it('map a service’s methods to their requests, under their comments', () => {
    expect(declared('ThingCommands')).toBe('export interface ThingCommands {\n  /** Makes a thing. */\n  makeThing: MakeThing;\n}\n');
  });

  it('stand beside their descriptors under one name', () => {
    expect(text).toContain('export const MakeThing = MakeThingSchema as unknown as Of<MakeThing, DescMessage>;');
    expect(text).toMatch(/export const ThingCommands = ThingCommands\$1 as unknown as Of<ThingCommands, DescService>;/);
  });

  it('import the types of other contracts, and survive a comment that ends a comment', () => {
    expect(text).toMatch(/import type \{ ExternalRef, Money \} from "..\/..\/common\/v1\/shared.js";/);
    expect(text).toContain('/** Ends a comment: *\\/ early. */');
  });
});
