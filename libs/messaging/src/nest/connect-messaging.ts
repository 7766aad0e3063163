import { Catch, type INestApplication, type INestMicroservice, type RpcExceptionFilter } from '@nestjs/common';
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
 * and drain with `app.close()`, or earlier with the returned microservice's `close()`.
 */
export function connectMessaging(app: INestApplication, options: QazynaTransportOptions): INestMicroservice {
  const microservice = app.connectMicroservice({ strategy: new QazynaTransport(options) }, { inheritAppConfig: false });
  return microservice.useGlobalFilters(new PassErrorsOn());
}
