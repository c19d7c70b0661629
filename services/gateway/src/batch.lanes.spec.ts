import { describe, expect, it } from '@jest/globals';
import { lanes } from './batch.lanes.js';

const tracked = () => {
  const begun: string[] = [];
  const gates = new Map<string, () => void>();
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve, reject) => {
      gates.set(name, () => (name.startsWith('bad') ? reject(new Error(name)) : resolve(name)));
    });
  };
  const end = async (name: string) => {
    gates.get(name)!();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { begun, work, end };
};

describe('lanes', () => {
  it('begin work of different names at once and of one name in order', async () => {
    const { begun, work, end } = tracked();
    const run = lanes();
    const all = [run(['a'], work('1')), run(['b'], work('2')), run(['a'], work('3')), run([], work('4'))];
    expect(begun).toEqual(['1', '2', '4']);
    await end('1');
    expect(begun).toEqual(['1', '2', '4', '3']);
    for (const name of ['2', '3', '4']) await end(name);
    await expect(Promise.all(all)).resolves.toEqual(['1', '2', '3', '4']);
  });
  it('wait for every name that work has', async () => {
    const { begun, work, end } = tracked();
    const run = lanes();
    void run(['a'], work('1'));
    void run(['b'], work('2'));
    void run(['a', 'b'], work('3'));
    void run(['b'], work('4'));
    await end('1');
    expect(begun).toEqual(['1', '2']);
    await end('2');
    expect(begun).toEqual(['1', '2', '3']);
    await end('3');
    expect(begun).toEqual(['1', '2', '3', '4']);
  });
  it('go on after work that failed', async () => {
    const { begun, work, end } = tracked();
    const run = lanes();
    const bad = run(['a'], work('bad'));
    const next = run(['a'], work('next'));
    await Promise.all([end('bad'), expect(bad).rejects.toThrow('bad')]);
    expect(begun).toEqual(['bad', 'next']);
    await end('next');
    await expect(next).resolves.toBe('next');
  });
});
