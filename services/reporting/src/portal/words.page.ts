/** Words of the law for people. */
export const LEGAL_STATUS: Readonly<Record<string, string>> = {
  'reported': 'reported',
  'restricted': 'restricted',
  'arrested': 'arrested',
  'confiscation-ordered': 'confiscation ordered, not final',
  'final': 'final order, not yet decided on',
  'state-property': 'state property',
  'released': 'released',
  'state-mining': 'state-licensed mining',
  'unidentified': 'not yet identified',
  'held-for-screening': 'in the vault, held until its origin is cleared',
};
