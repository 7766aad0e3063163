import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCKERFILE = join(import.meta.dirname, '../../deploy/Dockerfile');

/** The options that Node gets in production, from the image's own recipe: no run may have a bound that production has not. */
export function productionNodeOptions(): string {
  const options = /^\s*(?:ENV )?NODE_OPTIONS="([^"]+)"/m.exec(readFileSync(DOCKERFILE, 'utf8'))?.[1];
  if (options === undefined) throw new Error(`${DOCKERFILE} sets no NODE_OPTIONS`);
  return options;
}
