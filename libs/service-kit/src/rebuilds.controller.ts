import { Rebuilds as RebuildsService, type Generation } from '@guanxi/contracts/guanxi/common/v1/rebuilds';
import type { Compared } from '@guanxi/event-sourcing/rebuild.compare';
import type { Rebuilds } from '@guanxi/event-sourcing/rebuild';
import type { GenerationProgress } from '@guanxi/event-sourcing/rebuild.progress';
import { queriesOf, type RpcController } from './controllers.js';

const usual = 100;

const generationOf = ({ wanted, state, done, total, since, reason, ...it }: GenerationProgress): Generation => ({
  ...{ view: it.view, generation: it.generation, version: it.version, compare: it.compare, rate: it.rate, etaSeconds: it.etaSeconds },
  ...{ wantedVersion: wanted, state: state.toUpperCase() as Generation['state'], done: String(done), total: String(total) },
  ...{ since: since.toISOString(), reason: reason ?? '' },
});

const numberIn = (name: string): number => Number(/[0-9]+$/.exec(name)?.[0] ?? 0);

/**
 * The Rebuilds rpcs over a service's own views.
 * @param changed told after each change: what was asked, of which view
 */
export const rebuildsController = (
  rebuilds: Rebuilds,
  compare: (view: string, limit: number) => Promise<Compared>,
  changed: (what: string, view: string) => void = () => undefined,
): RpcController => {
  const answer = async (found: Promise<GenerationProgress[]>): Promise<object> => ({ generations: (await found).map(generationOf) });
  const change = async (what: string, view: string, act: Promise<GenerationProgress[]>): Promise<object> => {
    const answered = await answer(act);
    changed(what, view);
    return answered;
  };
  return queriesOf(RebuildsService, {
    listGenerations: ({ view }) => answer(rebuilds.list(view || undefined)),
    beginRebuild: ({ view, compare: wait }) => change('begin', view, rebuilds.begin(view, wait)),
    pauseRebuild: ({ view }) => change('pause', view, rebuilds.pause(view)),
    resumeRebuild: ({ view }) => change('resume', view, rebuilds.resume(view)),
    abortRebuild: ({ view }) => change('abort', view, rebuilds.abort(view)),
    goBack: ({ view }) => change('back', view, rebuilds.back(view)),
    compareGenerations: async ({ view, limit }) => {
      await rebuilds.list(view);
      const { live, other, differences, ...counts } = await compare(view, limit || usual);
      const texts = Object.fromEntries(Object.entries(counts).map(([name, n]) => [name, String(n)]));
      return { live: numberIn(live), other: numberIn(other), ...texts, differences };
    },
  });
};
