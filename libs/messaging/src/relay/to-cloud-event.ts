import type { RecordedEvent } from '@qazyna/event-store';
import type { NewCloudEvent } from '../cloud-events/cloud-event.js';

/** The message that tells other services of an event. Its id is the event's, so a repeated publish is recognised. */
export function toCloudEvent(
  event: RecordedEvent,
  options: {
    readonly service: string;
    readonly messageType?: (event: RecordedEvent) => string;
    readonly partitionKey?: (event: RecordedEvent) => string;
  },
): NewCloudEvent {
  const { metadata } = event;
  return {
    id: event.id,
    source: `/qazyna/${options.service}`,
    type: options.messageType?.(event) ?? `qazyna.${event.type}.v${metadata.schemaVersion}`,
    time: event.recordedAt.toISOString(),
    subject: event.stream,
    extensions: {
      partitionkey: options.partitionKey?.(event) ?? event.stream,
      streamrevision: String(event.revision),
      position: event.position,
      correlationid: metadata.correlationId,
      ...(metadata.causationId === undefined ? {} : { causationid: metadata.causationId }),
      // CloudEvents' extension for distributed tracing.
      ...(metadata.traceparent === undefined ? {} : { traceparent: metadata.traceparent }),
      actorsubject: metadata.actor.subject,
      actororganisation: metadata.actor.organisation,
    },
    data: event.data,
  };
}
