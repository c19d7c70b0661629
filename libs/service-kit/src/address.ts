/** host:port, IPv6 in brackets. */
export const address = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):\d{1,5}$/;

/**
 * `accounts=127.0.0.1:5001,complaints=…` → by service name; text that is no such list stays text, for the validator to refuse.
 * Replicas without a common name are joined: `accounts=10.0.0.1:5001+10.0.0.2:5001`.
 */
export const peersOf = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  const pairs = value.split(',').map((pair) => pair.trim().split('='));
  const good = pairs.every(
    ([name, at, ...rest]) => /^[a-z][a-z0-9-]*$/.test(name ?? '') && (at ?? '').split('+').every((it) => address.test(it)) && rest.length === 0,
  );
  return good ? Object.fromEntries(pairs) : value;
};
