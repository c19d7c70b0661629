import { configOrExit } from '@guanxi/service-kit/config';
import { logger } from '@guanxi/service-kit/log';
import { live } from '@guanxi/service-kit/process';
import { GatewayConfig } from './gateway.config.js';
import { startGateway } from './gateway.js';

const config = configOrExit(GatewayConfig);
const log = logger('gateway', config.log);
await live('gateway', log, () => startGateway(config, log));
