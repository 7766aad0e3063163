import { loadConfig, MODES } from './settings.js';
import type { ConfigOf, ConfigProblem, ConfigRule, Environment, LoadedConfig } from './settings.js';
import { onOff, oneOf, optionalHostPorts, optionalUrl, optionalWords, whole, words } from './setting-kinds.js';

export const BITCOIN_NETWORKS = ['mainnet', 'testnet', 'signet', 'regtest'] as const;
export type BitcoinNetworkName = (typeof BITCOIN_NETWORKS)[number];
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Every setting of every Qazyna process. One list, so that a shared environment file warns of nothing it need not. */
export const PLATFORM_SETTINGS = {
  mode: oneOf('QAZYNA_MODE', MODES, {
    about: 'Sandbox generates its own coins and tokens; production refuses to start on any sandbox part.',
    fallback: { kind: 'always', value: 'sandbox' },
  }),
  port: whole('PORT', 0, 65_535, { about: 'TCP port of the HTTP interface; 0 takes any free one.', fallback: { kind: 'always', value: 3000 } }),
  host: words('HOST', {
    about: 'Address to listen on. 0.0.0.0 opens the service to the network: put a TLS terminating proxy in front.',
    fallback: { kind: 'always', value: '127.0.0.1' },
  }),
  dataDir: words('QAZYNA_DATA_DIR', {
    about: 'Folder of the embedded event store, the embedded bus, read models and checkpoints.',
    fallback: { kind: 'always', value: './data' },
  }),
  eventStoreUrl: optionalUrl('EVENTSTORE_URL', ['esdb', 'esdb+discover', 'kurrentdb', 'kurrentdb+discover'], {
    about: 'EventStoreDB to use. Not set: an SQLite file in the data folder, for one process only.',
    secret: true,
  }),
  kafkaBrokers: optionalHostPorts('KAFKA_BROKERS', {
    about: 'Kafka brokers to start from. Not set: a durable bus in the data folder, for one process only.',
  }),
  kafkaTls: onOff('KAFKA_TLS', {
    about: 'Whether brokers are reached over TLS, their certificates checked against the system\'s authorities (NODE_EXTRA_CA_CERTS adds one).',
    fallback: { kind: 'always', value: false },
  }),
  kafkaUsername: optionalWords('KAFKA_USERNAME', { about: 'Name for SASL SCRAM-SHA-512. The broker\'s access rules decide who may write to a topic.' }),
  kafkaPassword: optionalWords('KAFKA_PASSWORD', { about: 'Password for SASL SCRAM-SHA-512.', secret: true }),
  kafkaSessionMs: whole('KAFKA_SESSION_MS', 6_000, 300_000, {
    unit: 'of milliseconds',
    about: 'After this long without a sign of life a consumer loses its partitions: so long they wait after a crash, and so long a process may stall.',
    fallback: { kind: 'always', value: 30_000 },
  }),
  bitcoinRpcUrl: optionalUrl('BITCOIN_RPC_URL', ['http', 'https'], {
    about: 'JSON-RPC of a Bitcoin node, with its credentials. Not set: a chain of the sandbox\'s own.',
    secret: true,
  }),
  bitcoinNetwork: oneOf('BITCOIN_NETWORK', BITCOIN_NETWORKS, {
    about: 'Network whose addresses and blocks are accepted.',
    fallback: { kind: 'by-mode', sandbox: 'regtest', production: 'mainnet' },
  }),
  confirmations: whole('QAZYNA_CONFIRMATIONS', 1, 1000, {
    unit: 'of blocks',
    about: 'Blocks, its own included, that make an output count.',
    fallback: { kind: 'by-mode', sandbox: 3, production: 6 },
  }),
  oidcIssuer: optionalUrl('OIDC_ISSUER', ['https', 'http'], { about: 'Issuer of access tokens (`iss`), compared as text.' }),
  oidcAudience: optionalWords('OIDC_AUDIENCE', { about: 'Audience that an access token must name (`aud`).' }),
  oidcJwksUrl: optionalUrl('OIDC_JWKS_URL', ['https', 'http'], { about: 'Where the issuer publishes its keys.' }),
  jurisdiction: words('QAZYNA_JURISDICTION', {
    about: 'Profile of the state whose law is followed: a name from deploy/jurisdictions, or the path of a .json file (docs/profiles.md).',
    fallback: { kind: 'always', value: 'kz' },
  }),
  sandboxSeed: words('QAZYNA_SANDBOX_SEED', {
    about: 'Seed of the sandbox chain and the sandbox token issuer: the same seed gives the same chain and the same key.',
    fallback: { kind: 'always', value: 'qazyna-sandbox' },
    secret: true,
  }),
  logLevel: oneOf('LOG_LEVEL', LOG_LEVELS, { about: 'Least severe line that is written.', fallback: { kind: 'always', value: 'info' } }),
  logPretty: onOff('LOG_PRETTY', { about: 'One readable line per event in place of JSON.', fallback: { kind: 'always', value: false } }),
  httpBodyBytesMax: whole('HTTP_BODY_BYTES_MAX', 1024, 67_108_864, {
    unit: 'of bytes',
    about: 'Largest request body taken; above it the answer is 413.',
    fallback: { kind: 'always', value: 1_048_576 },
  }),
  idempotencyHours: whole('HTTP_IDEMPOTENCY_HOURS', 1, 8_760, {
    unit: 'of hours',
    about: 'How long the answer to a request with an Idempotency-Key is kept and given again.',
    fallback: { kind: 'always', value: 24 },
  }),
  storeTimeoutMs: whole('STORE_TIMEOUT_MS', 50, 600_000, {
    unit: 'of milliseconds',
    about: 'Bound on each call to the event store.',
    fallback: { kind: 'always', value: 10_000 },
  }),
  shutdownTimeoutMs: whole('SHUTDOWN_TIMEOUT_MS', 100, 600_000, {
    unit: 'of milliseconds',
    about: 'Bound on draining after SIGTERM; after it the process ends with an error.',
    fallback: { kind: 'always', value: 15_000 },
  }),
  otlpEndpoint: optionalUrl('OTEL_EXPORTER_OTLP_ENDPOINT', ['http', 'https'], {
    about: 'OpenTelemetry collector to send traces to, by OTLP over HTTP. Not set: nothing is traced.',
  }),
  tracesSampledPercent: whole('QAZYNA_TRACES_SAMPLED_PERCENT', 0, 100, {
    unit: 'of per cent',
    about: 'Share of the traces begun here that are kept; a trace begun by a caller keeps its own mark.',
    fallback: { kind: 'always', value: 10 },
  }),
  personReferenceKey: optionalWords('QAZYNA_PERSON_REFERENCE_KEY', {
    about: 'Key of the references that stand for persons named in the statutory pool feed: the same key gives the same references. Not set in production: the feed is refused.',
    secret: true,
  }),
  poolPollsFile: optionalWords('QAZYNA_POOL_POLLS_FILE', {
    about: 'File that names the pool accounts whose statements are pulled (docs/pool-statements.md). Not set: nothing is pulled.',
  }),
  upstreamSignatures: oneOf('QAZYNA_UPSTREAM_SIGNATURES', ['required', 'accepted'], {
    about: 'Whether messages of agencies and pools must be signed by a registered publisher. `accepted` takes unsigned ones too, in the sandbox only; a signature that is there is always checked.',
    fallback: { kind: 'by-mode', sandbox: 'accepted', production: 'required' },
  }),
  walletCoolingHours: whole('QAZYNA_WALLET_COOLING_HOURS', 0, 2_160, {
    unit: 'of hours',
    about: 'How long a confirmed change of a pool account\'s payout wallet cools off before payouts to the new wallet are accepted.',
    fallback: { kind: 'always', value: 72 },
  }),
  quotaTolerancePercent: whole('QAZYNA_QUOTA_TOLERANCE_PERCENT', 0, 1_000, {
    unit: 'of per cent',
    about: 'How far a farm may be above its energy quota in a month before payouts of its licence are held.',
    fallback: { kind: 'always', value: 5 },
  }),
  screening: oneOf('QAZYNA_SCREENING', ['off', 'lists', 'vendor', 'lists-and-vendor'], {
    about: 'How the origin of coins is screened (docs/screening.md). Anything but off: a deposit is held until it is found clear. Off is for test networks only.',
    fallback: { kind: 'by-mode', sandbox: 'off', production: 'lists' },
  }),
  screeningVendorUrl: optionalUrl('QAZYNA_SCREENING_VENDOR_URL', ['https', 'http'], { about: 'The vendor\'s HTTP interface for screening addresses.' }),
  screeningVendorKey: optionalWords('QAZYNA_SCREENING_VENDOR_KEY', { about: 'Access key for the vendor, sent as a bearer token.', secret: true }),
  screeningClearLevels: words('QAZYNA_SCREENING_CLEAR_LEVELS', {
    about: 'The vendor\'s levels that let coins pass, comma-separated; every other level, and any that is new, holds them.',
    fallback: { kind: 'always', value: 'none,low' },
  }),
  story: onOff('QAZYNA_STORY', {
    about: 'Whether standalone plays its story on an empty data folder.',
    fallback: { kind: 'by-mode', sandbox: true, production: false },
  }),
};

export type PlatformSpec = typeof PLATFORM_SETTINGS;
export type PlatformConfig = ConfigOf<PlatformSpec>;

/** What kind of process the configuration is for. */
export interface ProcessShape {
  /** All services in this one process: only then may the embedded store and bus serve. */
  readonly standalone: boolean;
  /** This process follows the chain (custody, standalone), so production needs a node. */
  readonly usesChain: boolean;
}

/**
 * Loads the settings of a service and applies the rules that span several of them.
 * @throws {ConfigError} with every reason at once
 */
export function loadPlatformConfig(env: Environment, shape: ProcessShape): LoadedConfig<PlatformSpec> {
  const rules: ConfigRule<PlatformSpec>[] = [oidcWhole, kafkaLogin, screeningWhole, (config) => sharedParts(config, shape), (config) => productionParts(config, shape, env)];
  const loaded = loadConfig(env, PLATFORM_SETTINGS, rules);
  return { config: loaded.config, warnings: [...loaded.warnings, ...exposures(loaded.config)] };
}

function oidcWhole(config: PlatformConfig): readonly ConfigProblem[] {
  const parts = [
    { name: 'OIDC_ISSUER', value: config.oidcIssuer },
    { name: 'OIDC_AUDIENCE', value: config.oidcAudience },
    { name: 'OIDC_JWKS_URL', value: config.oidcJwksUrl },
  ];
  const missing = parts.filter((part) => part.value === undefined);
  // In production their absence is reported once, by the production rules.
  if (missing.length === 0 || missing.length === parts.length || config.mode === 'production') return [];
  return missing.map((part) => problem(part.name, '(not set)', 'the three OIDC settings are given together or not at all'));
}

function kafkaLogin(config: PlatformConfig): readonly ConfigProblem[] {
  if ((config.kafkaUsername === undefined) === (config.kafkaPassword === undefined)) return [];
  const name = config.kafkaUsername === undefined ? 'KAFKA_USERNAME' : 'KAFKA_PASSWORD';
  return [problem(name, '(not set)', 'user name and password are given together or not at all')];
}

/** Screening may be off only where coins are worth nothing, and a vendor needs an address. */
function screeningWhole(config: PlatformConfig): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (config.screening === 'off' && (config.mode === 'production' || config.bitcoinNetwork === 'mainnet')) {
    problems.push(problem('QAZYNA_SCREENING', 'off', 'must not be off where coins are worth something: unscreened coins are held, never passed'));
  }
  const asksVendor = config.screening === 'vendor' || config.screening === 'lists-and-vendor';
  if (asksVendor && config.screeningVendorUrl === undefined) problems.push(problem('QAZYNA_SCREENING_VENDOR_URL', '(not set)', `is required by QAZYNA_SCREENING = ${config.screening}`));
  if (asksVendor && config.mode === 'production' && config.screeningVendorUrl?.startsWith('http:') === true) {
    problems.push(problem('QAZYNA_SCREENING_VENDOR_URL', JSON.stringify(config.screeningVendorUrl), 'must be https in production'));
  }
  return problems;
}

function sharedParts(config: PlatformConfig, shape: ProcessShape): readonly ConfigProblem[] {
  if (shape.standalone) return [];
  const problems: ConfigProblem[] = [];
  if (config.eventStoreUrl === undefined) {
    problems.push(problem('EVENTSTORE_URL', '(not set)', 'a service on its own needs EventStoreDB: the embedded event store is one file for one process and cannot be shared between services'));
  }
  if (config.kafkaBrokers === undefined) {
    problems.push(problem('KAFKA_BROKERS', '(not set)', 'a service on its own needs Kafka: the embedded bus lives in one process and cannot reach the other services'));
  }
  return problems;
}

function productionParts(config: PlatformConfig, shape: ProcessShape, env: Environment): readonly ConfigProblem[] {
  if (config.mode !== 'production') return [];
  const problems: ConfigProblem[] = [];
  if (config.oidcIssuer === undefined) problems.push(problem('OIDC_ISSUER', '(not set)', 'production takes no tokens of its own making: name the identity provider'));
  if (config.oidcAudience === undefined) problems.push(problem('OIDC_AUDIENCE', '(not set)', 'production accepts only tokens made for it: name the audience'));
  if (config.oidcJwksUrl === undefined) problems.push(problem('OIDC_JWKS_URL', '(not set)', 'production needs the identity provider\'s keys'));
  for (const [name, value] of [['OIDC_ISSUER', config.oidcIssuer], ['OIDC_JWKS_URL', config.oidcJwksUrl]] as const) {
    if (value?.startsWith('http:') === true) {
      problems.push(problem(name, JSON.stringify(value), 'must be https in production: whoever can change the keys on their way can be anyone'));
    }
  }
  if (shape.usesChain && config.bitcoinRpcUrl === undefined) {
    problems.push(problem('BITCOIN_RPC_URL', '(not set)', 'production does not run on the sandbox chain: name a Bitcoin node'));
  }
  if (config.bitcoinNetwork !== 'mainnet') {
    problems.push(problem('BITCOIN_NETWORK', config.bitcoinNetwork, 'must be mainnet in production: coins of a test network are worth nothing'));
  }
  if (env['QAZYNA_SANDBOX_SEED'] !== undefined && env['QAZYNA_SANDBOX_SEED'].trim() !== '') {
    problems.push(problem('QAZYNA_SANDBOX_SEED', '(secret)', 'is a sandbox part: remove it'));
  }
  if (config.upstreamSignatures !== 'required') {
    problems.push(problem('QAZYNA_UPSTREAM_SIGNATURES', config.upstreamSignatures, 'must be required in production: whoever can write to a topic could invent a seizure'));
  }
  if (config.story) problems.push(problem('QAZYNA_STORY', 'on', 'the story invents seizures and payouts: it must be off in production'));
  if (config.eventStoreUrl !== undefined && isPlainEventStore(config.eventStoreUrl)) {
    problems.push(problem('EVENTSTORE_URL', '(secret)', 'has tls=false to another host: in production the way to the event store must be encrypted'));
  }
  return problems;
}

/** Not wrong, but worth an operator's second look. */
function exposures(config: PlatformConfig): readonly string[] {
  if (config.mode !== 'production') return [];
  const warnings: string[] = [];
  if (config.confirmations < 6) warnings.push(`QAZYNA_CONFIRMATIONS = ${config.confirmations} is below 6: a reorganisation of that depth has happened on main networks`);
  if (config.bitcoinRpcUrl !== undefined && config.bitcoinRpcUrl.startsWith('http:') && !isLoopback(new URL(config.bitcoinRpcUrl).hostname)) {
    warnings.push('BITCOIN_RPC_URL is http to another host: its credentials cross the network in the clear');
  }
  if (!config.kafkaTls && config.kafkaBrokers?.some((broker) => !isLoopback(broker.replace(/:\d+$/, ''))) === true) {
    warnings.push('KAFKA_BROKERS are reached without TLS: keep them on a private network');
  }
  return warnings;
}

function isPlainEventStore(url: string): boolean {
  const parsed = new URL(url);
  return parsed.searchParams.get('tls')?.toLowerCase() === 'false' && !isLoopback(parsed.hostname);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\./.test(host);
}

function problem(name: string, shown: string, rule: string): ConfigProblem {
  return { name, shown, rule };
}
