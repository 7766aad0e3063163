import 'reflect-metadata';
import { runMain } from '@qazyna/service-kit';
import { CUSTODY_SERVICE } from './custody.module.js';

await runMain(CUSTODY_SERVICE);
