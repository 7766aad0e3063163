import { seeded } from '@qazyna/mining-ingest/fuzz';
import { fuzzParser, PARSER_NAMES } from './parsers.js';

/** The short form of `npm run fuzz`: another 200,000 inputs for each parser are a matter of minutes. */
describe('a parser under mutated inputs', () => {
  it.each(PARSER_NAMES)('%s neither breaks nor takes what its rules refuse', (name) => {
    const { inputs, accepted } = fuzzParser(name, 150, seeded(7));
    // Some of them are sound: a parser that refuses everything would pass the rest.
    expect([inputs, accepted > 0]).toEqual([150, true]);
  });
});
