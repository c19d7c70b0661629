import { boot } from '@guanxi/service-kit/boot';
import { complaints, queries } from './complaints.module.js';

await boot(complaints, queries);
