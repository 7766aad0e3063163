/** Words of the law for people. */
export const LEGAL_STATUS: Readonly<Record<string, string>> = {
  'reported': 'reported',
  'restricted': 'restricted',
  'arrested': 'arrested',
  'restriction-lapsed': 'restriction lapsed',
  'evidence': 'evidence in the case',
  'mixed': 'differs between the case\'s assets',
  'reversed': 'reversed on appeal',
  'returned-to-victim': 'to be returned to a victim',
  'confiscation-ordered': 'confiscation ordered, not final',
  'final': 'final order, not yet decided on',
  'state-property': 'state property',
  'released': 'released',
  'state-mining': 'state-licensed mining',
  'unidentified': 'not yet identified',
  'held-for-screening': 'in the vault, held until its origin is cleared',
};
