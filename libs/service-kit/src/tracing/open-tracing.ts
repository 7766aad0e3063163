import type { PlatformConfig } from '../config/platform-config.js';
import type { Tracing } from './tracing.js';

/** The tracer that the configuration asks for; without a collector there is none, and its libraries are not loaded. */
export async function openTracing(config: PlatformConfig, service: string): Promise<Tracing | undefined> {
  if (config.otlpEndpoint === undefined) return undefined;
  const { OpenTelemetry } = await import('./open-telemetry.js');
  return new OpenTelemetry({ service, endpoint: config.otlpEndpoint, sampledPercent: config.tracesSampledPercent });
}
