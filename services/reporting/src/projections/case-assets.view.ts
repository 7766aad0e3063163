import type { ActApplied, AssetStatusChanged, CoinsInherited, IssuerFreeze, JournalEntryPosted } from '@qazyna/contracts';
import type { RecordedEvent } from '@qazyna/event-store';
import type { ReadModelWriter } from '@qazyna/service-kit';

/**
 * Assets of cases, each with its own standing, and what the journal holds of each. Account numbers, addresses and evidence
 * references stay in the events: of a location only what may be public is kept, and no restriction's clock is.
 */
export const CASE_ASSETS_SCHEMA = `
  CREATE TABLE case_assets (
    case_id TEXT NOT NULL, asset_id TEXT NOT NULL, asset TEXT NOT NULL, amount TEXT NOT NULL, location TEXT NOT NULL,
    parts TEXT NOT NULL, inherited TEXT, told INTEGER NOT NULL DEFAULT 0, legal_status TEXT GENERATED ALWAYS AS (json_extract(parts, '$[0].legalStatus')) STORED, PRIMARY KEY (case_id, asset_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX case_assets_by_status ON case_assets (case_id, legal_status);
  CREATE TABLE issuer_freezes (case_id TEXT NOT NULL, asset_id TEXT NOT NULL, freeze_id TEXT NOT NULL, PRIMARY KEY (case_id, asset_id, freeze_id)) STRICT, WITHOUT ROWID;
  CREATE TABLE controlled (case_id TEXT NOT NULL, asset_id TEXT NOT NULL, asset TEXT NOT NULL, amount TEXT NOT NULL, PRIMARY KEY (case_id, asset_id, asset)) STRICT, WITHOUT ROWID;
`;

const OF_A_CASE = /^(?:held-in-trust:case|reserve:seizure):(.+)$/;

export function applyCaseAssetEvent(db: ReadModelWriter, event: RecordedEvent): void {
  switch (event.type) {
    case 'intake.act-applied':
      return reported(db, event.data as unknown as ActApplied);
    case 'intake.asset-status-changed':
      return statusChanged(db, event.data as unknown as AssetStatusChanged);
    case 'intake.coins-inherited':
      return inherited(db, event.data as unknown as CoinsInherited);
    case 'intake.token-frozen-by-issuer': {
      const { caseId, assetId, freezeId } = event.data as unknown as IssuerFreeze;
      db.run('INSERT OR IGNORE INTO issuer_freezes VALUES (?, ?, ?)', caseId, assetId, freezeId);
      return;
    }
    case 'intake.token-freeze-lifted': {
      const { caseId, assetId, freezeId } = event.data as unknown as IssuerFreeze;
      db.run('DELETE FROM issuer_freezes WHERE case_id = ? AND asset_id = ? AND freeze_id = ?', caseId, assetId, freezeId);
    }
  }
}

/** Counts what an entry moves to or from a case, under the asset of the case that its deposit was received for. */
export function countControlled(db: ReadModelWriter, { postings, depositId, caseId: ofCase }: JournalEntryPosted): void {
  for (const { account, asset, amount } of postings) {
    // Coins on hold for screening are a case's own, and under control.
    const caseId = OF_A_CASE.exec(account)?.[1] ?? (account.includes(':screening-hold:') ? ofCase : undefined);
    if (caseId === undefined) continue;
    const assetId = (depositId === undefined ? undefined : (db.get('SELECT purpose_asset_id FROM deposits WHERE deposit_id = ?', depositId)?.['purpose_asset_id'] as string | null | undefined)) ?? '';
    const known = db.get('SELECT amount FROM controlled WHERE case_id = ? AND asset_id = ? AND asset = ?', caseId, assetId, asset)?.['amount'] as string | undefined;
    db.run('INSERT OR REPLACE INTO controlled VALUES (?, ?, ?, ?)', caseId, assetId, asset, (BigInt(known ?? '0') - BigInt(amount)).toString());
  }
}

const WHOLE = { numerator: '1', denominator: '1' };
const INSERT = 'INSERT OR IGNORE INTO case_assets (case_id, asset_id, asset, amount, location, parts) VALUES (?, ?, ?, ?, ?, ?)';

/**
 * A report of the first version numbers its assets by their place; no event of a single asset follows it, so the status
 * of the case is the status of each.
 */
function reported(db: ReadModelWriter, { caseId, act, legalStatus, assets }: ActApplied): void {
  const parts = JSON.stringify([{ legalStatus, share: WHOLE }]);
  if (act === 'reported') {
    (assets ?? []).forEach(({ assetId, asset, amount, location }, index) => db.run(INSERT, caseId, assetId ?? String(index + 1), asset, amount, publicPlace(location), parts));
  }
  if (legalStatus !== 'mixed') db.run('UPDATE case_assets SET parts = ? WHERE case_id = ? AND told = 0', parts, caseId);
}

function statusChanged(db: ReadModelWriter, { caseId, assetId, asset, amount, location, parts }: AssetStatusChanged): void {
  const standing = JSON.stringify(parts.map(({ legalStatus, share }) => ({ legalStatus, share })));
  db.run(INSERT, caseId, assetId, asset, amount, publicPlace(location), standing);
  db.run('UPDATE case_assets SET asset = ?, amount = ?, location = ?, parts = ?, told = 1 WHERE case_id = ? AND asset_id = ?', asset, amount, publicPlace(location), standing, caseId, assetId);
  // The case has the status of its assets: a lapse, or a taking back, is told of them alone.
  db.run(
    `UPDATE cases SET legal_status = (SELECT CASE WHEN first.legal_status = last.legal_status THEN last.legal_status ELSE 'mixed' END
       FROM (SELECT legal_status FROM case_assets WHERE case_id = ?1 ORDER BY legal_status LIMIT 1) AS first, (SELECT legal_status FROM case_assets WHERE case_id = ?1 ORDER BY legal_status DESC LIMIT 1) AS last)
     WHERE case_id = ?1`,
    caseId,
  );
}

function inherited(db: ReadModelWriter, { caseId, assetId, parentAssetId, kind, asset, amount, location }: CoinsInherited): void {
  const parent = db.get('SELECT parts FROM case_assets WHERE case_id = ? AND asset_id = ?', caseId, parentAssetId)?.['parts'] as string | undefined;
  db.run(INSERT, caseId, assetId, asset, amount, publicPlace(location), parent ?? JSON.stringify([{ legalStatus: 'reported', share: WHOLE }]));
  db.run('UPDATE case_assets SET inherited = ? WHERE case_id = ? AND asset_id = ?', kind, caseId, assetId);
}

function publicPlace({ kind, exchange, make, model, fund }: AssetStatusChanged['location']): string {
  return JSON.stringify({ kind, ...(exchange === undefined ? {} : { exchange }), ...(make === undefined ? {} : { make }), ...(model === undefined ? {} : { model }), ...(fund === undefined ? {} : { fund }) });
}
