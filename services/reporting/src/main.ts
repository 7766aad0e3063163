import 'reflect-metadata';
import { runMain } from '@qazyna/service-kit';
import { REPORTING_SERVICE } from './reporting.module.js';

await runMain(REPORTING_SERVICE);
