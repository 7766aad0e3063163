// Exit code 0 when the service in this container is ready. The slim image has no curl.
const response = await fetch(`http://127.0.0.1:${process.env.PORT ?? '3000'}/health/ready`, { signal: AbortSignal.timeout(4_000) }).catch(() => undefined);
process.exitCode = response?.ok ? 0 : 1;
