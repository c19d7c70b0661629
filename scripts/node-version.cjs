// Loaded by -r before any TypeScript, and in plain old JavaScript, so that an old Node can still say why it refuses.
'use strict';
const needed = 24;
const found = Number(process.versions.node.split('.')[0]);
if (found < needed) {
  console.error(
    '\nGuanxi needs Node ' +
      needed +
      ' or newer; this is ' +
      process.version +
      '.\n' +
      'On 64-bit Linux `npm ci` brings it along: run the npm script (npm start, npm test, …), not the file.\n' +
      'Elsewhere install it first: https://nodejs.org\n',
  );
  process.exit(1);
}
