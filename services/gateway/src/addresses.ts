/** A registered route, in the router's own words. */
interface Registered {
  readonly method: string | readonly string[];
  readonly url: string;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** `/v1/orders/:order_id([^:/]+)::return` → what it matches: `:name` with or without a pattern, `::` for a colon, `*` for the rest. */
const patternOf = (url: string): RegExp => {
  const parts = url.split(/(::|:\w+(?:\([^)]*\))?|\*)/);
  const source = parts.map((part) =>
    part === '::' ? ':' : part === '*' ? '.*' : part.startsWith(':') ? (/\((.*)\)$/.exec(part)?.[1] ?? '[^/]+') : escaped(part),
  );
  return new RegExp(`^${source.join('')}$`);
};

/** Remembers every route, to tell a wrong method from a wrong address. */
export class Addresses {
  private readonly all: { pattern: RegExp; methods: readonly string[] }[] = [];

  readonly add = ({ method, url }: Registered): void => {
    this.all.push({ pattern: patternOf(url), methods: typeof method === 'string' ? [method] : method });
  };

  /** Methods that this path takes; none where there is nothing at this address. */
  methodsAt(path: string): string[] {
    return [...new Set(this.all.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods))];
  }
}
