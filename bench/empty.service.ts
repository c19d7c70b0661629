// The far end of probe H: the accounts contract served by handlers that do nothing, with the kit's own server and checks. Prints its port.
import { AccountCommands, AccountQueries } from '@guanxi/contracts/guanxi/accounts/v1/account_pb';
import { Operations } from '@guanxi/contracts/guanxi/common/v1/operations_pb';
import { verifier } from '@guanxi/service-kit/auth';
import { controllerOf } from '@guanxi/service-kit/controllers';
import { startServer } from '@guanxi/service-kit/grpc.server';
import { logger } from '@guanxi/service-kit/log';
import type { Kit } from '@guanxi/service-kit/kit';
import { freePort } from '../scripts/processes.ts';

const { GUANXI_ISSUER: issuer = '', GUANXI_AUDIENCE: audience = '', GUANXI_JWKS: jwks = '' } = process.env;
const answer = { id: '01890a5d-ac96-774b-bcce-b302099a8057', version: 1, position: '1', warnings: [] };
const port = await freePort();
await startServer({
  address: `127.0.0.1:${port}`,
  controllers: [AccountCommands, AccountQueries, Operations].map((service) => controllerOf(service, () => Promise.resolve(answer))),
  kit: {} as Kit,
  verify: verifier({ issuer, audience, jwks }),
  log: logger('empty', 'silent'),
});
console.log(port);
