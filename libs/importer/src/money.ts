// ISO 4217: currencies whose minor unit is not a hundredth.
const exponents: Readonly<Record<string, number>> = {
  ...Object.fromEntries('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0])),
  ...Object.fromEntries('BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3])),
  CLF: 4,
  UYW: 4,
};

/** Decimal places of a currency's minor unit (ISO 4217): 2 for CNY, 0 for JPY, 3 for KWD. */
export const exponentOf = (currency: string): number => exponents[currency] ?? 2;

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
