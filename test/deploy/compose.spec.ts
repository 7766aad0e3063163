import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, YAML11_SCHEMA } from 'js-yaml';

const ROOT = join(import.meta.dirname, '..', '..');
const SERVICES = ['intake', 'mining-ingest', 'custody', 'reporting'];

interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly dockerfile: string; readonly args: Readonly<Record<string, string>> };
  readonly environment: Readonly<Record<string, string | null>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
}

interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const compose = load(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { schema: YAML11_SCHEMA }) as Compose;
const dockerfile = readFileSync(join(ROOT, 'deploy/Dockerfile'), 'utf8');

function serviceOf(name: string): ComposeService {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no ${name}`);
  return found;
}

it('runs the four services with their broker and store', () => {
  expect(Object.keys(compose.services).sort()).toEqual([...SERVICES, 'eventstore', 'kafka'].sort());
});

describe.each(SERVICES)('%s', (name) => {
  const service = serviceOf(name);

  it('is built from its own package', () => {
    expect(service.build).toMatchObject({ dockerfile: 'deploy/Dockerfile', args: { SERVICE: name } });
    expect(existsSync(join(ROOT, 'services', name, 'package.json'))).toBe(true);
  });

  it('waits until the broker and the store are well', () => {
    for (const part of ['kafka', 'eventstore']) {
      expect(service.depends_on?.[part]).toEqual({ condition: 'service_healthy' });
      expect(serviceOf(part).healthcheck?.test.length).toBeGreaterThan(0);
    }
  });

  it('has a data directory of its own that outlives it', () => {
    expect(service.volumes).toEqual([`${name}-data:${service.environment['QAZYNA_DATA_DIR']}`]);
  });
});

it('keeps every port on this host', () => {
  for (const { ports } of Object.values(compose.services)) {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  }
});

it('declares every volume it names', () => {
  const named = Object.values(compose.services).flatMap(({ volumes }) => volumes.map((volume) => volume.split(':')[0]));
  expect(Object.keys(compose.volumes).sort()).toEqual(named.sort());
});

it('gives no service the port of another', () => {
  const ports = Object.values(compose.services).flatMap((service) => service.ports.map((port) => port.split(':')[1]));
  expect(new Set(ports).size).toBe(ports.length);
});

describe('the image', () => {
  it('knows every package, so that npm ci links them all', () => {
    for (const room of ['libs', 'services']) {
      for (const name of readdirSync(join(ROOT, room))) {
        if (existsSync(join(ROOT, room, name, 'package.json'))) expect(dockerfile).toContain(`COPY ${room}/${name}/package.json ${room}/${name}/\n`);
      }
    }
  });

  it('does not run as root', () => {
    expect(dockerfile.slice(dockerfile.lastIndexOf('FROM '))).toMatch(/^USER node$/m);
  });

  it('runs the Node that the tests run', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: { node: string } };
    expect(dockerfile).toContain(`NODE_IMAGE=node:${dependencies.node.split('.')[0]}-`);
  });
});
