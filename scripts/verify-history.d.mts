/** What the verifier says; `first` and `last` enclose the first position that is not what was signed. */
export interface Verdict {
  readonly verdict: 'PASS' | 'FAIL' | 'UNUSABLE';
  readonly exit: 0 | 1 | 2;
  readonly reason?: string;
  readonly first?: number | null;
  readonly last?: number | null;
  readonly signed?: number;
  readonly kept?: number;
  readonly events?: number;
  readonly streams?: number;
  readonly checkpoints?: number;
  readonly notProven?: readonly string[];
}

export function verify(dir: string, keptFile?: string): Promise<Verdict>;
