import type { RecordedEvent } from '@qazyna/event-store';
import type { Links } from '../chain/links.js';
import type { NewCloudEvent } from '../cloud-events/cloud-event.js';

export interface MessageConversion {
  readonly service: string;
  readonly messageType?: (event: RecordedEvent) => string;
  readonly partitionKey?: (event: RecordedEvent) => string;
}

/** The message that tells other services of an event. Its id is the event's, so a repeated publish is recognised. */
export function toCloudEvent(
  event: RecordedEvent,
  options: MessageConversion,
  links?: Links,
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
      ...(links === undefined ? {} : { previousposition: links.previousPosition, previousinpartition: links.previousInPartition }),
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
