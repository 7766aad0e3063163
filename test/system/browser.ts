import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Missing, type Requirement } from '@qazyna/testing';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** A Chromium that is installed; none is downloaded. */
export const BROWSER: Requirement<string> = {
  name: 'Chromium',
  enable: 'install Chromium, or set CHROMIUM_PATH to its program',
  requiredInCi: true,
  find() {
    const given = process.env['CHROMIUM_PATH'];
    if (given !== undefined && given !== '') return existsSync(given) ? given : new Missing(`CHROMIUM_PATH names ${given}, which is not there`);
    const folders = (process.env['PATH'] ?? '').split(delimiter);
    const found = folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((program) => existsSync(program));
    return found ?? new Missing('no Chromium is on the PATH');
  },
};
