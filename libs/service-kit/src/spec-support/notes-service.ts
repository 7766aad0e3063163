import { Body, Controller, Get, HttpCode, Module, Param, Post, Query } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { InMemoryCheckpoints, SqliteEventStore, StoreTimeout, StoreUnavailable } from '@qazyna/event-store';
import { BusUnavailable } from '@qazyna/messaging';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsDefined, IsInt, IsOptional, IsString, Matches, ValidateNested } from 'class-validator';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CurrentActor, Public, Roles } from '../auth/decorators.js';
import type { Actor, Role } from '../auth/actor.js';
import { SandboxIssuer } from '../auth/sandbox-issuer.js';
import { runService } from '../bootstrap.js';
import { currentCorrelation } from '../correlation/correlation.js';
import { pageOf, parseCursor } from '../http/paging.js';
import { notFound, sendRefusal } from '../http/problem.js';
import type { Problem } from '../http/problem.js';
import { CLOUDEVENTS_TYPES, ConsumesRaw, ConsumesRawFiles, RawBytes } from '../http/raw-body.js';
import type { RunningService, ServiceDefinition } from '../lifecycle/service-definition.js';
import { quietBus } from './quiet-bus.js';

class Tag {
  @ApiProperty()
  @IsString()
  name!: string;
}

class NoteRequest {
  @ApiProperty()
  @IsString()
  text!: string;

  @ApiProperty({ nullable: true, type: Number })
  @IsInt()
  height!: number;

  @ApiProperty({ example: '100' })
  @IsOptional()
  @Matches(/^\d+$/, { message: '$property must be a decimal string' })
  amount?: string;

  @ApiProperty({ type: [Tag] })
  @IsDefined()
  @IsArray()
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => Tag)
  tags!: Tag[];
}

const FAILURES: Readonly<Record<string, () => Error>> = {
  'store-unavailable': () => new StoreUnavailable('connect ECONNREFUSED admin:changeit@10.0.0.1:2113'),
  'store-timeout': () => new StoreTimeout('append took too long'),
  'bus-unavailable': () => new BusUnavailable('no broker'),
  unexpected: () => new TypeError('secret internal state'),
};

/** Releases the handler of `/v1/slow`; set by the spec that needs it. */
export const slow: { started: () => void; release: Promise<void>; finished: () => void } = { started: () => undefined, release: Promise.resolve(), finished: () => undefined };

@Controller('v1')
class NotesController {
  @Get(['notes', 'letters'])
  @Public()
  list(@Query('after') after?: string, @Query('limit') limit?: string): unknown {
    const page = parseCursor({ after, limit });
    const from = page.after === undefined ? 0 : Number(page.after) + 1;
    const items = Array.from({ length: 250 }, (_, n) => n).filter((n) => n >= from).slice(0, page.limit + 1);
    return pageOf(items, page.limit, String);
  }

  @Get('notes/:id')
  @Public()
  one(@Param('id') id: string): never {
    throw notFound(`note ${id}`);
  }

  @Post('notes')
  @HttpCode(201)
  @Roles('custodian', 'operator')
  add(@Body() note: NoteRequest, @CurrentActor() actor: Actor): unknown {
    return { text: note.text, actor, correlationId: currentCorrelation()?.correlationId };
  }

  @Post('refusals/:code')
  @HttpCode(200)
  refuse(@Param('code') code: string): never {
    return sendRefusal({ code, message: `refused: ${code}`, field: 'amount' });
  }

  @Post('statements')
  @HttpCode(200)
  @ConsumesRaw(...CLOUDEVENTS_TYPES)
  statement(@RawBytes() bytes: Buffer): { text: string } {
    return { text: bytes.toString('utf8') };
  }

  @Post('files')
  @HttpCode(200)
  @ConsumesRawFiles(8192, 'text/csv')
  file(@RawBytes() bytes: Buffer): { length: number } {
    return { length: bytes.length };
  }

  @Get('failures/:kind')
  @Public()
  fail(@Param('kind') kind: string): never {
    throw FAILURES[kind]?.() ?? new Error('no such failure');
  }

  @Get('slow')
  @Public()
  async slow(): Promise<{ done: true }> {
    slow.started();
    await slow.release;
    slow.finished();
    return { done: true };
  }

  @Post('slow')
  @HttpCode(200)
  slowly(): Promise<{ done: true }> {
    return this.slow();
  }

  @Get('private')
  whoAmI(@CurrentActor() actor: Actor): Actor {
    return actor;
  }
}

@Module({ controllers: [NotesController] })
export class NotesModule {}

export const SEED = 'spec-seed';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
  readonly problem: Problem;
}

/** The service of these specs, in process, on a free port, with a folder of its own. */
export class NotesService {
  private constructor(
    readonly service: RunningService,
    private readonly folder: string,
  ) {}

  static async start(overrides: Partial<ServiceDefinition> = {}): Promise<NotesService> {
    const folder = mkdtempSync(join(tmpdir(), 'qazyna-kit-'));
    const service = await runService({
      name: 'notes',
      module: NotesModule,
      topics: [],
      relays: [],
      standalone: true,
      signals: false,
      parts: { bus: quietBus(), store: SqliteEventStore.open({ file: ':memory:' }), checkpoints: new InMemoryCheckpoints() },
      ...overrides,
      env: { PORT: '0', QAZYNA_DATA_DIR: folder, LOG_LEVEL: 'silent', QAZYNA_SANDBOX_SEED: SEED, HTTP_BODY_BYTES_MAX: '4096', ...overrides.env },
    });
    return new NotesService(service, folder);
  }

  async ask(method: string, path: string, body?: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await fetch(this.service.url + path, { method, headers, ...(body === undefined ? {} : { body }) });
    const text = await answer.text();
    const json = /json/.test(answer.headers.get('content-type') ?? '') && text !== '' ? (JSON.parse(text) as unknown) : undefined;
    return { status: answer.status, headers: answer.headers, text, body: json, problem: json as Problem };
  }

  /** A JSON body with a custodian's token. */
  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return this.ask('POST', path, text, { 'content-type': 'application/json', authorization: await bearer('custodian'), ...headers });
  }

  async stop(): Promise<void> {
    await this.service.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function bearer(...roles: Role[]): Promise<string> {
  const token = await new SandboxIssuer(SEED).issue({ subject: 'officer-7', organisation: 'afm', roles }, new Date());
  return `Bearer ${token}`;
}
