import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ScreeningDecisionRequest } from '@qazyna/contracts';
import {
  actorMetadata, ConsumesRawFiles, correlationIdOrNew, CurrentActor, notFound, pageOf, parseCursor, ProblemError, RawBytes, Roles, sendRefusal, type Actor, type Page,
} from '@qazyna/service-kit';
import { ofacFormatOf } from './list-formats.adapter.js';
import { ListsService, type ListOutcome } from './lists.service.js';
import { addressForm, addressKey, ADDRESS_LENGTH_MAX } from './screened-address.adapter.js';
import { HitQuery, ListHistoryQuery, ListUploadQuery } from './screening.dto.js';
import { ScreeningList, type ListedSubject, type ListEventRow, type ShownSubject } from './screening.query.js';
import { ScreeningService } from './screening.service.js';
import type { ScreeningStanding } from './screening-subject.js';

/** OFAC's longer file is above a hundred megabytes. */
const LIST_BYTES_MAX = 256 * 1024 * 1024;
const STATUSES = { 'list-malformed': 400, 'list-empty': 400, 'list-encoding': 400, 'list-too-large': 413, 'list-shrinks': 409, 'list-conflict': 409 };
const DECISION_STATUSES = { 'screening-not-found': 404, 'screening-not-held': 409, 'basis-changed': 409, 'screening-already-decided': 409, 'same-officer': 403 };

interface ListInForce {
  readonly list: string;
  readonly version: string;
  readonly contentSha256: string;
  readonly entries: number;
}

interface ShownAddress {
  readonly address: string;
  readonly chain: string;
  /** Whether a checksum spoke for it. */
  readonly sound: boolean;
  readonly hits: readonly { readonly list: string; readonly version: string; readonly type: string; readonly entry: string; readonly categories: readonly string[] }[];
  readonly subjects: readonly ListedSubject[];
}

@ApiTags('Screening')
@Controller('v1/screening')
export class ScreeningController {
  constructor(
    @Inject(ListsService) private readonly lists: ListsService,
    @Inject(ScreeningService) private readonly screening: ScreeningService,
    @Inject(ScreeningList) private readonly list: ScreeningList,
  ) {}

  @Get('hits')
  @Roles('compliance-officer', 'auditor', 'custodian')
  @ApiOperation({ summary: 'Deposits and cases that screening holds', description: 'By default those that wait for officers. What is not found clear is held: listed, unknown, pending and unanswered alike.' })
  hits(@Query() query: HitQuery): Page<ListedSubject> {
    const { after, limit } = parseCursor(query);
    return pageOf(this.list.page(query, after, limit + 1), limit, ({ sequence }) => sequence);
  }

  @Get('hits/:subjectId')
  @Roles('compliance-officer', 'auditor', 'custodian')
  @ApiOperation({ summary: 'One deposit or case with its addresses, every answer that holds it, and what officers said' })
  hit(@Param('subjectId') subjectId: string): ShownSubject {
    const found = this.list.one(subjectId);
    if (found === undefined) throw notFound(`screening ${subjectId}`);
    return found;
  }

  @Post('hits/:subjectId/decision')
  @HttpCode(200)
  @Roles('compliance-officer')
  @ApiOperation({
    summary: 'Say whether it is released, kept or to go back',
    description: 'Two different officers must say the same of the same findings (`basis`). Until then, and after `keep` or `return`, the coins stay held; a second word of the same officer is refused.',
  })
  async decide(@Param('subjectId') subjectId: string, @Body() { decision, reason, basis }: ScreeningDecisionRequest, @CurrentActor() actor: Actor): Promise<{ readonly subjectId: string; readonly standing: ScreeningStanding; readonly words: number }> {
    const outcome = await this.screening.decide({ subjectId, officer: actor.subject, decision, reason, basis }, { actor: actorMetadata(actor), correlationId: correlationIdOrNew() });
    if ('refusal' in outcome) return sendRefusal(outcome.refusal, DECISION_STATUSES);
    return { subjectId, ...outcome };
  }

  @Post('lists')
  @HttpCode(200)
  @Roles('compliance-officer')
  @ConsumesRawFiles(LIST_BYTES_MAX, 'application/xml', 'text/xml', 'text/plain', 'application/x-ndjson', 'application/octet-stream')
  @ApiOperation({
    summary: 'Hand in a new version of a screening list',
    description:
      'A whole file: OFAC\'s `sdn.xml` or `sdn_advanced.xml`, one address a line, or OpenSanctions\' JSON lines. A file with one line that cannot be read is refused whole. ' +
      'When the answer arrives the version is in force and durable; everything known is compared with it at once (history, `rescreened`). With `dryRun=true` nothing is recorded.',
  })
  async upload(@Query() { list, format, version, mayShrink, dryRun }: ListUploadQuery, @RawBytes() bytes: Buffer, @CurrentActor() actor: Actor): Promise<ListOutcome> {
    const offered = { list, format: format === 'ofac' ? ofacFormatOf(bytes) : format, bytes, mayShrink: mayShrink === 'true', dryRun: dryRun === 'true', ...(version === undefined ? {} : { version }) };
    const outcome = await this.lists.update(offered, { actor: actorMetadata(actor), correlationId: correlationIdOrNew() });
    return 'refusal' in outcome ? sendRefusal(outcome.refusal, STATUSES) : outcome;
  }

  @Get('lists')
  @Roles('compliance-officer', 'auditor', 'custodian')
  @ApiOperation({ summary: 'The lists in force' })
  inForce(): { readonly items: readonly ListInForce[] } {
    return { items: this.lists.current.map(({ list, version, contentSha256, entries }) => ({ list, version, contentSha256, entries: entries.size })) };
  }

  @Get('lists/history')
  @Roles('compliance-officer', 'auditor', 'custodian')
  @ApiOperation({ summary: 'Versions of lists, alerts of unknown types, and comparisons of everything known; newest first' })
  history(@Query() query: ListHistoryQuery): Page<ListEventRow> {
    const { after, limit } = parseCursor(query);
    return pageOf(this.list.history(query, after, limit + 1), limit, ({ sequence }) => sequence);
  }

  @Get('addresses/:address')
  @Roles('compliance-officer', 'auditor', 'custodian')
  @ApiOperation({ summary: 'What the lists in force say of an address, and what of ours it is part of', description: 'In any writing; it is compared in the one form its chain gives it. Nothing is recorded.' })
  address(@Param('address') written: string): ShownAddress {
    if (written.length > ADDRESS_LENGTH_MAX) throw new ProblemError(400, 'address-format', `an address has at most ${ADDRESS_LENGTH_MAX} characters`);
    const form = addressForm(written);
    const hits = this.lists.current.flatMap(({ list, version, entries }) => {
      const entry = entries.get(addressKey(form));
      return entry === undefined ? [] : [{ list, version, type: entry.type, entry: entry.entry, categories: entry.categories }];
    });
    return { ...form, hits, subjects: this.list.page({ standing: 'all', address: form.address }, undefined, 100) };
  }
}
