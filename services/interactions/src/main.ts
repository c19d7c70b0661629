import { boot } from '@guanxi/service-kit/boot';
import { interactions, queries } from './interactions.module.js';

await boot(interactions, queries);
