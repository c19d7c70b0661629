const decimal = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/**
 * Money text in main units (`11.77`) → whole minor units as text (`1177`). Undefined where it is no decimal number, or where it has a
 * fraction of a minor unit and `round` is not set; with it halves go away from zero.
 */
export const minorUnits = (text: string, exponent: number, round: boolean): string | undefined => {
  const [, sign = '', whole = '', fraction = ''] = decimal.exec(text.trim()) ?? [];
  if (!whole) return undefined;
  const beyond = fraction.slice(exponent);
  if (!round && /[1-9]/.test(beyond)) return undefined;
  const units = BigInt(whole + fraction.slice(0, exponent).padEnd(exponent, '0')) + (beyond >= '5' ? 1n : 0n);
  return `${sign === '-' && units ? '-' : ''}${units}`;
};
