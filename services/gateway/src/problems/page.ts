/** One language's words: a short title, what it means, what to do. */
export interface Words {
  readonly title: string;
  readonly meaning: string;
  readonly remedy: string;
}

export interface Page {
  readonly en: Words;
  readonly zh: Words;
}

export type Pages = Readonly<Record<string, Page>>;

type Three = readonly [title: string, meaning: string, remedy: string];

const words = ([title, meaning, remedy]: Three): Words => ({ title, meaning, remedy });

export const page = (en: Three, zh: Three): Page => ({ en: words(en), zh: words(zh) });
