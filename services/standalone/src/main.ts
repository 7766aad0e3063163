import 'reflect-metadata';
import { runMain } from '@qazyna/service-kit';
import { tellStoryOnce } from './story/tell-once.js';
import { STANDALONE } from './standalone.js';

const service = await runMain(STANDALONE);
if (service.parts.config.story) await tellStoryOnce(service);
