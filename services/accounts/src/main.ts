import { boot } from '@guanxi/service-kit/boot';
import { accounts, queries } from './accounts.module.js';

await boot(accounts, queries);
