import { loadPlatformConfig, PLATFORM_SETTINGS } from './platform-config.js';
import { ConfigError, describeConfig } from './settings.js';
import type { Environment } from './settings.js';

const STANDALONE = { standalone: true, usesChain: true };
const ALONE = { standalone: false, usesChain: true };

const PRODUCTION: Environment = {
  QAZYNA_MODE: 'production',
  EVENTSTORE_URL: 'esdb://admin:changeit@store.internal:2113?tls=true',
  KAFKA_BROKERS: '127.0.0.1:9092',
  BITCOIN_RPC_URL: 'https://user:password@node.internal:8332',
  OIDC_ISSUER: 'https://id.gov.example',
  OIDC_AUDIENCE: 'qazyna',
  OIDC_JWKS_URL: 'https://id.gov.example/keys',
};

function namesOf(env: Environment, shape = STANDALONE): readonly string[] {
  try {
    loadPlatformConfig(env, shape);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => problem.name);
  }
}

describe('the configuration of a service', () => {
  it('needs nothing in the sandbox', () => {
    const { config, warnings } = loadPlatformConfig({}, STANDALONE);
    expect(config).toMatchObject({ mode: 'sandbox', port: 3000, host: '127.0.0.1', bitcoinNetwork: 'regtest', confirmations: 3, story: true, upstreamSignatures: 'accepted' });
    expect(warnings).toEqual([]);
  });

  it('tells a service on its own why it needs Kafka and EventStoreDB', () => {
    expect(namesOf({}, ALONE)).toEqual(['EVENTSTORE_URL', 'KAFKA_BROKERS']);
    expect(() => loadPlatformConfig({}, ALONE)).toThrow(/embedded event store is one file for one process/);
    expect(namesOf({ EVENTSTORE_URL: 'esdb://127.0.0.1:2113?tls=false', KAFKA_BROKERS: '127.0.0.1:9092' }, ALONE)).toEqual([]);
  });

  it('starts in production on production parts', () => {
    const { config, warnings } = loadPlatformConfig(PRODUCTION, ALONE);
    expect(config).toMatchObject({ bitcoinNetwork: 'mainnet', confirmations: 6, story: false, upstreamSignatures: 'required' });
    expect(warnings).toEqual([]);
  });

  it('screens by lists in production, and not at all in the sandbox, unless told', () => {
    expect(loadPlatformConfig(PRODUCTION, STANDALONE).config.screening).toBe('lists');
    expect(loadPlatformConfig({}, STANDALONE).config.screening).toBe('off');
  });

  it('refuses to let unscreened coins pass where they are worth something', () => {
    expect(namesOf({ ...PRODUCTION, QAZYNA_SCREENING: 'off' })).toEqual(['QAZYNA_SCREENING']);
    expect(namesOf({ BITCOIN_NETWORK: 'mainnet', BITCOIN_RPC_URL: 'http://127.0.0.1:8332' })).toEqual(['QAZYNA_SCREENING']);
    expect(namesOf({ BITCOIN_NETWORK: 'mainnet', BITCOIN_RPC_URL: 'http://127.0.0.1:8332', QAZYNA_SCREENING: 'lists' })).toEqual([]);
    expect(namesOf({ QAZYNA_SCREENING: 'vendor' })).toEqual(['QAZYNA_SCREENING_VENDOR_URL']);
    expect(namesOf({ ...PRODUCTION, QAZYNA_SCREENING: 'lists-and-vendor', QAZYNA_SCREENING_VENDOR_URL: 'http://vendor.example' })).toEqual(['QAZYNA_SCREENING_VENDOR_URL']);
  });

  it('refuses every sandbox part in production, all at once', () => {
    const env = { QAZYNA_MODE: 'production', BITCOIN_NETWORK: 'regtest', QAZYNA_SANDBOX_SEED: 'x', QAZYNA_STORY: 'on', QAZYNA_UPSTREAM_SIGNATURES: 'accepted' };
    expect(namesOf(env, ALONE)).toEqual([
      'EVENTSTORE_URL', 'KAFKA_BROKERS', 'OIDC_ISSUER', 'OIDC_AUDIENCE', 'OIDC_JWKS_URL', 'BITCOIN_RPC_URL', 'BITCOIN_NETWORK', 'QAZYNA_SANDBOX_SEED', 'QAZYNA_UPSTREAM_SIGNATURES', 'QAZYNA_STORY',
    ]);
  });

  it.each([
    ['OIDC_ISSUER', 'http://id.gov.example'],
    ['OIDC_JWKS_URL', 'http://id.gov.example/keys'],
    ['EVENTSTORE_URL', 'esdb://store.internal:2113?tls=false'],
    ['BITCOIN_NETWORK', 'testnet'],
  ])('refuses %s=%s in production', (name, value) => {
    expect(namesOf({ ...PRODUCTION, [name]: value }, ALONE)).toEqual([name]);
  });

  it('asks for a node only where the chain is followed', () => {
    const env = { ...PRODUCTION, BITCOIN_RPC_URL: undefined };
    expect(namesOf(env, { standalone: false, usesChain: true })).toEqual(['BITCOIN_RPC_URL']);
    expect(namesOf(env, { standalone: false, usesChain: false })).toEqual([]);
  });

  it('warns of what is not wrong but open', () => {
    const { warnings } = loadPlatformConfig({ ...PRODUCTION, QAZYNA_CONFIRMATIONS: '2', BITCOIN_RPC_URL: 'http://u:p@node.internal:8332', KAFKA_BROKERS: 'kafka.internal:9092' }, ALONE);
    expect(warnings.map((warning) => warning.split(' ')[0])).toEqual(['QAZYNA_CONFIRMATIONS', 'BITCOIN_RPC_URL', 'KAFKA_BROKERS']);
    expect(warnings.join()).not.toContain('u:p');
  });

  it('takes the OIDC settings together or not at all', () => {
    expect(namesOf({ OIDC_ISSUER: 'https://id.example' })).toEqual(['OIDC_AUDIENCE', 'OIDC_JWKS_URL']);
  });

  it('takes Kafka\'s user name and password together or not at all', () => {
    expect(namesOf({ KAFKA_USERNAME: 'intake' })).toEqual(['KAFKA_PASSWORD']);
    expect(namesOf({ KAFKA_PASSWORD: 'hunter2' })).toEqual(['KAFKA_USERNAME']);
    expect(loadPlatformConfig({ ...PRODUCTION, KAFKA_BROKERS: 'kafka.internal:9093', KAFKA_TLS: 'on', KAFKA_USERNAME: 'intake', KAFKA_PASSWORD: 'hunter2' }, ALONE).warnings).toEqual([]);
  });

  it('documents every setting', () => {
    const table = describeConfig(PLATFORM_SETTINGS);
    for (const setting of Object.values(PLATFORM_SETTINGS)) expect(table).toContain(`| \`${setting.name}\` |`);
  });
});
