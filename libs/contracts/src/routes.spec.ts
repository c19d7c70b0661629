import { describe, expect, it } from '@jest/globals';
import { JsonFaults } from './faults.js';
import { requestOf, type Query } from './request.js';
import { routesOf, type Route } from './routes.js';
import { registry } from './services.js';
import { compile } from './testing/compile.js';

const proto = (rpcs: string) => `
syntax = "proto3";
package guanxi.testing.v1;
import "google/api/annotations.proto";
import "google/protobuf/timestamp.proto";
import "guanxi/common/v1/shared.proto";
service ThingCommands { ${rpcs} }
service ThingQueries {
  rpc GetThing(GetThingRequest) returns (Thing) { option (google.api.http) = {get: "/v1/things/{thing_id}"}; }
  rpc ListThings(ListThingsRequest) returns (Thing) { option (google.api.http) = {get: "/v1/boxes/{box_id}/things"}; }
}
message Make { string name = 1; }
message Pin { string thing_id = 1; string note_id = 2; int32 count = 3; }
message Thing { string thing_id = 1; }
message GetThingRequest { string thing_id = 1; }
message ListThingsRequest {
  string box_id = 1; int32 page_size = 2; repeated string tag = 3; bool open_only = 4;
  google.protobuf.Timestamp from = 5; guanxi.common.v1.Region region = 6; map<string, string> labels = 7;
}`;

const compiled = (rpcs: string): Route[] => routesOf(registry(compile({ 'guanxi/testing/v1/thing.proto': proto(rpcs) }).files).services.values());
const make = 'rpc Make(v1.Make) returns (Thing) { option (google.api.http) = {post: "/v1/things" body: "*"}; }';
const pin =
  'rpc Pin(v1.Pin) returns (Thing) { option (google.api.http) = {post: "/v1/things/{thing_id}/notes/{note_id}:pin" body: "*" additional_bindings {post: "/v1/things:pin" body: "*"}}; }';
const all = compiled(make + pin).filter((it) => it.service.typeName.startsWith('guanxi.testing'));
const route = (template: string): Route => all.find((it) => it.template === template) as Route;

describe('routes', () => {
  it('come from google.api.http with additional bindings, as the router needs them', () => {
    expect(all.map((it) => [it.verb, it.url, it.kind, it.hasBody])).toEqual([
      ['POST', '/v1/things', 'command', true],
      ['POST', '/v1/things/:thing_id([^:/]+)/notes/:note_id([^:/]+)::pin', 'command', true],
      ['POST', '/v1/things::pin', 'command', true],
      ['GET', '/v1/things/:thing_id([^:/]+)', 'query', false],
      ['GET', '/v1/boxes/:box_id([^:/]+)/things', 'query', false],
    ]);
  });

  it('know what a command creates, unless its request names the thing already', () => {
    expect(route('/v1/things').created).toBe('/v1/things/{thing_id}');
    expect(route('/v1/things:pin').created).toBeUndefined();
  });

  it.each([
    ['a path field that the request lacks', 'get: "/v1/x/{nope}"', /nope.*not a plain field/],
    ['a body that is one field', 'post: "/v1/x" body: "name"', /body is "\*" or nothing/],
    ['a verb of its own', 'custom {kind: "HEAD" path: "/v1/x"}', /needs get, post/],
    ['a route that is taken', 'get: "/v1/things/{name}"', /declared twice/],
  ])('are refused with %s', (_, rule, message) => {
    expect(() => compiled(`rpc Make(v1.Make) returns (Thing) { option (google.api.http) = {${rule}}; }`)).toThrow(message);
  });
});

describe('a request', () => {
  const faults = (template: string, path: Record<string, string>, query: Query, body?: unknown) => {
    try {
      requestOf(route(template), path, query, body);
    } catch (error) {
      if (error instanceof JsonFaults) return { unknown: error.unknownField, errors: error.errors.map((it) => [it.field, it.rule]) };
    }
    return undefined;
  };

  it('is the query string by either name, typed by the contract, with what the path says', () => {
    const query = { pageSize: '5', tag: 'a', open_only: 'true', from: '2026-03-01T00:00:00Z' };
    const expected = { pageSize: '5', tag: ['a'], openOnly: true, from: '2026-03-01T00:00:00Z', boxId: 'b' };
    expect(requestOf(route('/v1/boxes/{box_id}/things'), { box_id: 'b' }, query, undefined)).toEqual(expected);
  });

  it('is the body with what the path says, whether or not the body repeats it', () => {
    const path = { thing_id: 't', note_id: 'n' };
    const template = '/v1/things/{thing_id}/notes/{note_id}:pin';
    expect(requestOf(route(template), path, {}, { count: 1, thing_id: 't' })).toEqual({ count: 1, thingId: 't', noteId: 'n' });
    expect(requestOf(route(template), path, {}, undefined)).toEqual({ thingId: 't', noteId: 'n' });
  });

  it.each([
    ['an unknown parameter', { nope: '1' }, 'nope', 'unknown-parameter', true],
    ['a parameter that is an object of fields', { region: 'x' }, 'region', 'unknown-parameter', true],
    ['a parameter that is a map', { labels: 'x' }, 'labels', 'unknown-parameter', true],
    ['a parameter that the path fills', { boxId: 'x' }, 'boxId', 'unknown-parameter', true],
    ['a parameter given twice', { pageSize: ['1', '2'] }, 'pageSize', 'given-twice', false],
    ['a parameter given by both names', { pageSize: '1', page_size: '1' }, 'pageSize', 'given-twice', false],
  ])('is refused with %s, naming it', (_, query, field, rule, unknown) => {
    expect(faults('/v1/boxes/{box_id}/things', { box_id: 'b' }, query as Query)).toEqual({ unknown, errors: [[field, rule]] });
  });

  it('is refused where the body contradicts the path, is no object, or a command has parameters', () => {
    const template = '/v1/things/{thing_id}/notes/{note_id}:pin';
    const path = { thing_id: 't', note_id: 'n' };
    expect(faults(template, path, {}, { thingId: 'other' })).toEqual({ unknown: false, errors: [['thingId', 'path-mismatch']] });
    expect(faults(template, path, {}, [])).toEqual({ unknown: false, errors: [['', 'object']] });
    expect(faults('/v1/things', {}, { name: 'x' }, {})).toEqual({ unknown: true, errors: [['name', 'unknown-parameter']] });
  });

  it('keeps a "__proto__" of the body as a field that nobody knows', () => {
    const request = requestOf(route('/v1/things'), {}, {}, JSON.parse('{"__proto__":{"name":"x"}}'));
    expect(Object.keys(request)).toEqual(['__proto__']);
    expect(request['name']).toBeUndefined();
  });
});
