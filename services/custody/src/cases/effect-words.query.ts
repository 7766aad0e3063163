import type { EffectWord } from './effect-word.js';

interface Reader {
  all(sql: string, ...values: readonly string[]): readonly Record<string, unknown>[];
}

const COLUMNS = 'case_id, asset_id, effect, fact_id, stands, asset, numerator, denominator, manner, reference, effective_at, case_revision, cause';

/** The words that can touch what was assigned to an asset of a case, or to none: those on the asset and on the whole case. */
export function wordsFor(db: Reader, caseId: string, assetId: string | undefined): readonly EffectWord[] {
  return db.all(`SELECT ${COLUMNS} FROM effect_words WHERE case_id = ? AND asset_id IN ('', ?)`, caseId, assetId ?? '').map(wordOf);
}

function wordOf(row: Record<string, unknown>): EffectWord {
  return {
    caseId: row['case_id'] as string,
    assetId: row['asset_id'] === '' ? undefined : (row['asset_id'] as string),
    effect: row['effect'] as EffectWord['effect'],
    factId: row['fact_id'] as string,
    stands: row['stands'] === 1,
    asset: (row['asset'] as string | null) ?? undefined,
    numerator: BigInt(row['numerator'] as string),
    denominator: BigInt(row['denominator'] as string),
    manner: row['manner'] as EffectWord['manner'],
    reference: row['reference'] as string,
    effectiveAt: row['effective_at'] as string,
    caseRevision: row['case_revision'] as number,
    cause: row['cause'] as string,
  };
}
