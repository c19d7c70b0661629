import { setTimeout as sleep } from 'node:timers/promises';
import type { DescMethod } from '@bufbuild/protobuf';
import type { CompareGenerationsResponse, Generation } from '@guanxi/contracts/guanxi/common/v1/rebuilds';
import { Rebuilds } from '@guanxi/contracts/guanxi/common/v1/rebuilds_pb';
import type { Random } from '../../demo/random.ts';
import type { Pair } from './pair.ts';

const { listGenerations, beginRebuild, pauseRebuild, resumeRebuild, abortRebuild, goBack, compareGenerations } = Rebuilds.method;

/** What was asked for, and what should not have been answered. */
export interface Operated {
  readonly asked: Map<string, number>;
  /** Generations that went live, as far as they were seen. */
  readonly swaps: Set<string>;
  readonly compared: string[];
  readonly failed: string[];
}

type Wish = readonly [method: DescMethod, more?: object];

/** What an operator may do next to a view, the likelier the more often it stands here. */
const wishes = (coming: Generation | undefined): readonly Wish[] => {
  if (!coming) return [[beginRebuild, { compare: true }], [beginRebuild], [beginRebuild], [beginRebuild], [goBack], [goBack], [abortRebuild]];
  if (coming.state === 'FILLING') return [[listGenerations], [listGenerations], [listGenerations], [pauseRebuild], [abortRebuild], [beginRebuild]];
  if (coming.state === 'PAUSED') return [[resumeRebuild], [resumeRebuild], [resumeRebuild], [abortRebuild], [pauseRebuild], [goBack]];
  return [[compareGenerations], [compareGenerations], [resumeRebuild], [resumeRebuild], [abortRebuild]];
};

const ongoing = (all: readonly Generation[], view: string): Generation | undefined =>
  all.find((it) => it.view === view && it.state !== 'LIVE' && it.state !== 'KEPT');

/** Begins, pauses, resumes, aborts, compares and takes back rebuilds at random until `going` says no; then lets all come to an end. */
export const operate = async (pair: Pair, random: Random, done: Operated, going: () => boolean): Promise<void> => {
  const ask = async <T>(method: DescMethod, request: object): Promise<T | undefined> => {
    const [life] = random.some(pair.up(), 1);
    if (!life) return void (await sleep(20));
    try {
      const answer = (await life.client.call(method, request, { authorization: pair.authorization })) as T;
      done.asked.set(method.name, (done.asked.get(method.name) ?? 0) + 1);
      return answer;
    } catch (error) {
      await sleep(100);
      const { kind, slug = '', name, message } = error as Error & { kind?: string; slug?: string };
      // That it does not fit the state is an answer: the state was read a moment before.
      if (life.up && kind !== 'conflict' && slug !== 'rebuild-busy') done.failed.push(`${method.name}: ${name} ${slug} ${message}`);
      return undefined;
    }
  };
  const list = async (): Promise<Generation[]> => {
    const all = (await ask<{ generations: Generation[] }>(listGenerations, {}))?.generations ?? [];
    for (const it of all) if (it.state === 'LIVE') done.swaps.add(`${it.view} ${it.generation} ${it.since ?? ''}`);
    return all;
  };
  const act = async (): Promise<void> => {
    const all = await list();
    const views = [...new Set(all.map((it) => it.view))];
    if (views.length === 0) return;
    // Most often one of those that the traffic reads.
    const view = random.chance(70) ? random.pick(['accounts', 'orders']) : random.pick(views);
    const [method, more = {}] = random.pick(wishes(ongoing(all, view)));
    if (method === listGenerations) return;
    const answer = await ask<CompareGenerationsResponse>(method, { view, ...more });
    if (method !== compareGenerations || !answer) return;
    const { rows, equal, extra, differences } = answer;
    done.compared.push(`${view} ${rows}`);
    if (rows !== equal || extra !== '0') done.failed.push(`${view} differs: ${JSON.stringify(differences.slice(0, 3))}`);
  };

  while (going()) {
    await act();
    await sleep(random.whole(50, 500));
  }
  for (let waiting = true; waiting; await sleep(200)) {
    const all = await list();
    const coming = all.filter((it) => it.state !== 'LIVE' && it.state !== 'KEPT');
    for (const { view, state } of coming) if (state !== 'FILLING') await ask(resumeRebuild, { view });
    waiting = all.length === 0 || coming.length > 0;
  }
};
