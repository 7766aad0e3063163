import { linger, type Stage } from './stage.js';

/** The licence that the regulator's acts and readings are about. */
export const REGULATED = 'L-1';
export const FARM = 'farm-1';
const DOCUMENT = { reference: 'R-1', authority: 'regulator', sha256: 'ab'.repeat(32) };
const JANUARY = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

/** Before every payout of the simulation: a suspension and its end, each at a moment of its own, whatever order they arrive in. */
const ACTS = [
  { command: 'suspend-licence', actId: 'S-1', act: 'suspend', effectiveAt: '2026-01-10T00:00:00Z' },
  { command: 'resume-licence', actId: 'R-1', act: 'resume', effectiveAt: '2026-02-10T00:00:00Z' },
  { command: 'suspend-licence', actId: 'S-2', act: 'suspend', effectiveAt: '2025-06-01T00:00:00Z' },
  { command: 'amend-licence', actId: 'A-1', act: 'amend', effectiveAt: '2025-07-01T00:00:00Z', terms: { holder: 'new-holder' } },
] as const;

/** Acts over a licence in any order and at any time, also before the licence: done before the first claim. */
export async function actsOverLicences(stage: Stage): Promise<void> {
  const { chance, client, mining } = stage;
  await Promise.all(
    ACTS.map(async ({ command, ...said }) => {
      const content = { licenceId: REGULATED, ...said, document: DOCUMENT };
      await linger(stage, chance.between(1, 400));
      await client.send({ command, key: `${REGULATED} ${said.actId}`, content, to: mining, path: `/v1/licences/${REGULATED}/acts`, role: 'regulator', body: JSON.stringify(content) });
    }),
  );
}

/** A farm with a quota, readings above it in some seeds, and corrections that come in any order with what they correct. */
export async function energyOfFarms(stage: Stage): Promise<void> {
  const { chance, client, mining } = stage;
  const send = async (command: string, key: string, path: string, content: Readonly<Record<string, unknown>>): Promise<void> => {
    await linger(stage, 100);
    await client.send({ command, key, content, to: mining, path, role: 'regulator', body: JSON.stringify(content) });
  };
  await send('register-farm', FARM, '/v1/farms', { farmId: FARM, licenceId: REGULATED, energySource: 'hydro', meters: ['M-1'] });
  const quota = { actId: 'Q-1', effectiveFrom: '2025-12-01T00:00:00Z', perMonthWh: '1000', document: DOCUMENT };
  const readings = Array.from({ length: chance.between(1, 6) }, (_, day) => reading(day, chance.between(0, 500)));
  const corrections = readings.flatMap((one, day) => (chance.happens(0.4) ? [{ ...reading(day, chance.between(0, 500)), revision: 1, corrects: idOf(one, 0) }] : []));
  const reports = [...readings, ...corrections].map((content) => send('report-reading', idOf(content, 'revision' in content ? 1 : 0), '/v1/energy-readings', content));
  await Promise.all([send('set-quota', `${FARM} Q-1`, `/v1/farms/${FARM}/quotas`, quota), ...reports]);
}

function reading(day: number, energyWh: number): { readonly farmId: string; readonly meterId: string; readonly from: string; readonly to: string; readonly energyWh: string } {
  const at = (days: number): string => new Date(JANUARY + days * DAY_MS).toISOString();
  return { farmId: FARM, meterId: 'M-1', from: at(day), to: at(day + 1), energyWh: String(energyWh) };
}

function idOf({ meterId, from, to }: ReturnType<typeof reading>, revision: number): string {
  return `${meterId}~${from.slice(0, 19)}Z~${to.slice(0, 19)}Z~${revision}`;
}
