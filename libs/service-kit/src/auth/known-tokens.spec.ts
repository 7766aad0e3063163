import { KnownTokens } from './known-tokens.js';

const ACTOR = { subject: 's', organisation: 'o', roles: [] };
const NOW = 1_000_000;

it('believes a token until it ends, and never for more than a minute', () => {
  const tokens = new KnownTokens();
  tokens.remember('short', ACTOR, NOW + 500, NOW);
  tokens.remember('long', ACTOR, NOW + 3_600_000, NOW);
  expect([tokens.actorOf('short', NOW + 499), tokens.actorOf('short', NOW + 500)]).toEqual([ACTOR, undefined]);
  expect([tokens.actorOf('long', NOW + 59_999), tokens.actorOf('long', NOW + 60_000)]).toEqual([ACTOR, undefined]);
});

it('knows only what it was told, to the last character', () => {
  const tokens = new KnownTokens();
  tokens.remember('token-a', ACTOR, NOW + 500, NOW);
  expect(tokens.actorOf('token-b', NOW)).toBeUndefined();
  expect(tokens.actorOf('token-a ', NOW)).toBeUndefined();
});

it('is bounded, and forgets the oldest first', () => {
  const tokens = new KnownTokens(2);
  for (const name of ['a', 'b', 'c']) tokens.remember(name, ACTOR, NOW + 500, NOW);
  expect(['a', 'b', 'c'].map((name) => tokens.actorOf(name, NOW))).toEqual([undefined, ACTOR, ACTOR]);
});
