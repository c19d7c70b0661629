import { describe, expect, it } from '@jest/globals';
import { files } from './guanxi/files.js';
import { personalClass } from './personal.js';
import { contracts } from './services.js';
import { buf, compile, root, withContracts } from './testing/compile.js';
import { contractFaults } from './testing/contract-rules.js';

const baseline = `${root}/proto/baseline.binpb.gz`;

/** One contract with one of every fault; compiled once, since each run of buf takes a while. */
const planted = `syntax = "proto3"; package guanxi.testing.v1;
  import "guanxi/common/v1/access.proto"; import "guanxi/common/v1/personal.proto";
  message A { string name = 1; repeated bytes raw = 2; map<string, int32> sums = 3; string a_id = 4; int32 count = 5; }
  enum Colour { RED = 0; }
  message B { enum Kind { NONE = 0; } enum Size { SIZE_UNSPECIFIED = 0; } }
  service X {
    rpc Do(A) returns (A);
    rpc Be(A) returns (A) { option (common.v1.access) = {}; }
    rpc Have(A) returns (A) { option (common.v1.access) = {open: true, internal: true}; }
    rpc ListThings(A) returns (A) { option (common.v1.access) = {open: true}; }
  }
  message C { string text = 1 [(common.v1.personal) = NONE]; repeated C all = 2; }
  service ThingCommands { rpc Make(C) returns (A) { option (common.v1.access) = {open: true}; } }`;

describe('the contracts', () => {
  it('keep the rules of the house', () => {
    expect(contractFaults(files)).toEqual([]);
  });

  it('pass buf’s lint', () => {
    expect(buf(root, 'lint')).toEqual({ code: 0, said: '' });
  });

  it('break nothing that the baseline promised', () => {
    expect(buf(root, 'breaking', '--against', baseline)).toEqual({ code: 0, said: '' });
  });

  it('are caught where they break the baseline', () => {
    const rename = (old: string) => old.replace('int64 amount_minor = 1 ', 'int64 amount = 1 ');
    withContracts({ 'guanxi/common/v1/shared.proto': rename }, (folder) => {
      const { code, said } = buf(folder, 'breaking', '--against', baseline);
      expect(code).not.toBe(0);
      expect(said).toContain('Field "1" with name "amount" on message "Money" changed');
    });
  });
});

describe('a contract is refused', () => {
  const faults = contractFaults(compile({ 'guanxi/testing/v1/thing.proto': planted }).files);
  const about = (name: string) => faults.filter((it) => it.includes(` guanxi.testing.v1.${name}`));

  it('where text has no personal-data class, naming the field; ids and numbers need none', () => {
    expect(about('A.')).toEqual([
      'field guanxi.testing.v1.A.name has no personal-data class',
      'field guanxi.testing.v1.A.raw has no personal-data class',
      'field guanxi.testing.v1.A.sums has no personal-data class',
    ]);
  });

  it('where a class is taken away from a real field', () => {
    const without = (old: string) => old.replace('string display_name = 2 [(common.v1.personal) = IDENTITY, ', 'string display_name = 2 [');
    const found = contractFaults(compile({ 'guanxi/accounts/v1/account.proto': without }).files);
    expect(found).toEqual(['field guanxi.accounts.v1.RegisterAccount.display_name has no personal-data class']);
  });

  it('where an rpc has no access policy, an empty one or two at once, or a list has no paging', () => {
    expect(about('X.')).toEqual([
      'rpc guanxi.testing.v1.X.Do has no access policy',
      'rpc guanxi.testing.v1.X.Be has no access policy',
      'rpc guanxi.testing.v1.X.Have has no access policy',
      'rpc guanxi.testing.v1.X.ListThings has no paging',
    ]);
  });

  it('where an enum stands alone or has no zero name of its own', () => {
    expect(about('Colour')).toEqual([
      'enum guanxi.testing.v1.Colour is not nested in the message that it describes',
      'enum guanxi.testing.v1.Colour does not begin with COLOUR_UNSPECIFIED',
    ]);
    expect(about('B.')).toEqual(['enum guanxi.testing.v1.B.Kind does not begin with KIND_UNSPECIFIED']);
  });

  it('where a command takes or answers something else, or text and lists without an end', () => {
    expect([...about('ThingCommands'), ...about('C.')]).toEqual([
      'rpc guanxi.testing.v1.ThingCommands.Make does not take a message of its name',
      'rpc guanxi.testing.v1.ThingCommands.Make does not answer Committed',
      'field guanxi.testing.v1.C.text may be of any length',
      'field guanxi.testing.v1.C.all may hold any number of items',
    ]);
  });

  it('and for nothing else', () => {
    expect(faults).toHaveLength(14);
  });
});

describe('personal-data classes', () => {
  it('are those that the contract states, and NONE where a field can say nothing', () => {
    const fields = contracts.commands.get('guanxi.accounts.v1.RecordOrder')?.method.input.fields ?? [];
    const classes = Object.fromEntries(fields.map((it) => [it.name, personalClass(it)]));
    expect(classes).toMatchObject({ account_id: 'NONE', lines: 'NONE', ordered_at: 'NONE', currency: 'NONE', place_of_sale: 'PERSONAL' });
  });
});
