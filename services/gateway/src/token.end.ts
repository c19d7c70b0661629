/** Milliseconds until a token ends that has been verified; 0 where it has. @param authorization the header that brought it */
export const endsIn = (authorization: string | undefined, now = Date.now()): number => {
  const payload = authorization?.split('.')[1] ?? '';
  const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { exp: number };
  return Math.max(0, exp * 1000 - now);
};
