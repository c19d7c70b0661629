import { boot } from '@guanxi/service-kit/boot';
import { privacy, queries } from './privacy.module.js';

await boot(privacy, queries);
