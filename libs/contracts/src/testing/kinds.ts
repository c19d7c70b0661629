import type { DescMessage } from '@bufbuild/protobuf';
import { compile } from './compile.js';

const proto = `
syntax = "proto3";
package guanxi.testing.v1;
import "google/protobuf/timestamp.proto";

// A message with every kind of field, numbered out of order.
message Kinds {
  enum Colour { COLOUR_UNSPECIFIED = 0; RED = 1; BLUE = 2; }
  string some_text = 3;
  optional string maybe_text = 1;
  int32 count = 2;
  optional int32 maybe_count = 4;
  uint32 small = 5;
  int64 amount_minor = 6 [jstype = JS_STRING];
  uint64 large = 7;
  bool on = 8;
  bytes raw = 9;
  Colour colour = 10;
  optional Colour maybe_colour = 11;
  google.protobuf.Timestamp at = 12;
  repeated google.protobuf.Timestamp times = 13;
  repeated string tags = 14;
  repeated int64 amounts = 15;
  repeated Colour colours = 16;
  Inner inner = 17;
  repeated Inner inners = 18;
  map<string, Inner> by_name = 19;
  map<string, int64> sums = 20;
  Kinds again = 21;
  oneof choice { string text_choice = 22; Inner inner_choice = 23; int32 count_choice = 24; }
  message Inner { string product = 1; int64 amount_minor = 2; google.protobuf.Timestamp at = 3; }
}
`;

/** A message with every kind of field that contracts use. */
export const kinds = (): DescMessage => {
  const found = compile({ 'guanxi/testing/v1/kinds.proto': proto }).getMessage('guanxi.testing.v1.Kinds');
  if (!found) throw new Error('Kinds was not compiled');
  return found;
};
