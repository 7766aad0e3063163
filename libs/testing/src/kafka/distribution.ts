import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

export const KAFKA_VERSION = '4.3.1';
const LOGGER_VERSION = '1.7.36';
const DOWNLOAD_TIMEOUT_MS = 300_000;

const run = promisify(execFile);

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>qazyna</groupId><artifactId>kafka-for-tests</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>${LOGGER_VERSION}</version></dependency>
  </dependencies>
</project>
`;

/** Where the broker's jars are, or will be: kept between runs, one folder a version. */
export function distributionFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(cache, 'qazyna', `kafka-${KAFKA_VERSION}`);
}

export function isDownloaded(): boolean {
  return existsSync(join(distributionFolder(), 'lib'));
}

export async function answers(command: string, ...args: string[]): Promise<boolean> {
  try {
    await run(command, args, { timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

/**
 * Fetches Apache Kafka's jars with Maven, once (54 MB). Two processes may do so at the same time: the folder appears
 * complete or not at all.
 * @returns the class path
 */
export async function downloadKafka(): Promise<string> {
  const folder = distributionFolder();
  if (!isDownloaded()) {
    mkdirSync(dirname(folder), { recursive: true });
    const draft = mkdtempSync(`${folder}-draft-`);
    try {
      writeFileSync(join(draft, 'pom.xml'), POM);
      await run('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib', '-DincludeScope=runtime'], { cwd: draft, timeout: DOWNLOAD_TIMEOUT_MS });
      if (!isDownloaded()) renameSync(draft, folder);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  return join(folder, 'lib', '*');
}
