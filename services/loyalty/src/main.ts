import { boot } from '@guanxi/service-kit/boot';
import { loyalty, queries } from './loyalty.module.js';

await boot(loyalty, queries);
