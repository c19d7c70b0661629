import { openPool } from '../pool.js';
import { startViews } from '../views.js';
import { filledViews, later } from './fill.views.js';
import { shop } from './shop.views.js';

// Folds the second version of the views until it is killed, writing often.

const [url = ''] = process.argv.slice(2);
const pool = openPool(url, { name: 'fill' });
const definition = { ...shop, views: filledViews.map((it) => later(it, 2)) };
const filling = { rows: 700, near: 100, ms: 300, together: 100 };
await startViews({ definition, url, pool, filling, execute: () => Promise.reject(new Error('no policies here')) });
