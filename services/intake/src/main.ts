import 'reflect-metadata';
import { runMain } from '@qazyna/service-kit';
import { INTAKE_SERVICE } from './intake.module.js';

await runMain(INTAKE_SERVICE);
