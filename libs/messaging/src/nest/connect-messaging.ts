import { Catch, type INestApplication, type RpcExceptionFilter } from '@nestjs/common';
import type { NestMicroservice } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import { QazynaTransport, type QazynaTransportOptions } from './qazyna-transport.js';

/**
 * Nest replaces an unknown error by "Internal server error" before a transport sees it. The transport must know
 * whether the store or the message is at fault, so errors are passed on as they are.
 */
@Catch()
export class PassErrorsOn implements RpcExceptionFilter<unknown> {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * Connects a Nest application's `@EventPattern` handlers to the bus. They start with `app.startAllMicroservices()`
 * and drain with `app.close()`, or earlier with the returned transport's `close()`.
 */
export function connectMessaging(app: INestApplication, options: QazynaTransportOptions): QazynaTransport {
  const transport = new QazynaTransport(options);
  // Without the filter a store that is away would look like a message at fault. Handlers are bound to their filters when
  // they are registered, which Nest does inside connectMicroservice unless told to wait; the three calls below are the
  // ones it then leaves out.
  const microservice = app.connectMicroservice({ strategy: transport }, { inheritAppConfig: false, deferInitialization: true }) as NestMicroservice;
  microservice.useGlobalFilters(new PassErrorsOn());
  microservice.registerListeners();
  microservice.setIsInitialized(true);
  microservice.setIsInitHookCalled(true);
  return transport;
}
