import { createRequire } from 'node:module';
import type { ServiceDefinition } from '@grpc/grpc-js';
import type * as StreamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type * as Streams from '@eventstore/db-client/generated/streams_pb.js';
import type * as FeaturesGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type * as Features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type * as Shared from '@eventstore/db-client/generated/shared_pb.js';

/** The official client's own generated protocol modules (CommonJS), so that the double speaks exactly what the client does. */
const load = createRequire(import.meta.url);

export const streams = load('@eventstore/db-client/generated/streams_pb.js') as typeof Streams;
export const shared = load('@eventstore/db-client/generated/shared_pb.js') as typeof Shared;
export const features = load('@eventstore/db-client/generated/serverfeatures_pb.js') as typeof Features;
const { ServerFeaturesService } = load('@eventstore/db-client/generated/serverfeatures_grpc_pb.js') as typeof FeaturesGrpc;
const { StreamsService } = load('@eventstore/db-client/generated/streams_grpc_pb.js') as typeof StreamsGrpc;

/** Streams/Read answers with bytes serialised once per event, however often the event is read. */
export const doubleService: ServiceDefinition = {
  read: { ...StreamsService.read, responseSerialize: (bytes: Buffer) => bytes },
  append: StreamsService.append,
};

export const featuresService: ServiceDefinition = { getSupportedMethods: ServerFeaturesService.getSupportedMethods };

export type ReadReq = Streams.ReadReq;
export type AppendReq = Streams.AppendReq;
export type AppendResp = Streams.AppendResp;
export type SupportedMethods = Features.SupportedMethods;
