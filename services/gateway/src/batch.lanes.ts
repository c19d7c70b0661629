/** Runs work that shares a name one after another, in the order of the calls; everything else at once. A name is forgotten when its last work is done. */
export const lanes = (): (<T>(names: readonly string[], work: () => Promise<T>) => Promise<T>) => {
  const last = new Map<string, Promise<unknown>>();
  return (names, work) => {
    const before = names.map((name) => last.get(name)).filter((it) => it !== undefined);
    const task = before.length > 0 ? Promise.allSettled(before).then(work) : work();
    for (const name of names) last.set(name, task);
    const forget = (): void => names.forEach((name) => last.get(name) === task && last.delete(name));
    task.then(forget, forget);
    return task;
  };
};
