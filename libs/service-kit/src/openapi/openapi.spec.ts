import { NotesService } from '../spec-support/notes-service.js';
import { modernise } from './json-schema-2020.js';

interface Document {
  openapi: string;
  info: { title: string };
  paths: Record<string, Record<string, { security: unknown[]; responses: Record<string, unknown>; requestBody?: { content: Record<string, unknown> } }>>;
  components: { schemas: Record<string, { properties: Record<string, Record<string, unknown>> }> };
}

describe('the OpenAPI document', () => {
  let notes: NotesService;
  let document: Document;
  beforeAll(async () => {
    notes = await NotesService.start();
    document = (await notes.ask('GET', '/openapi.json')).body as Document;
  });
  afterAll(() => notes.stop());

  it('is OpenAPI 3.1, open to everyone', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info.title).toBe('Qazyna notes');
  });

  it('says which operations need a token', () => {
    expect(document.paths['/v1/notes']?.['get']?.security).toEqual([]);
    expect(document.paths['/v1/notes']?.['post']?.security).toEqual([{ bearer: [] }]);
    expect(document.paths['/v1/private']?.['get']?.security).toEqual([{ bearer: [] }]);
  });

  it('gives every operation the problem answer', () => {
    for (const path of Object.values(document.paths)) for (const operation of Object.values(path)) expect(operation.responses).toHaveProperty('default');
    expect(document.components.schemas).toHaveProperty('Problem');
  });

  it('names the content types of a raw route', () => {
    const post = document.paths['/v1/statements']?.['post'] as unknown as { requestBody?: { content: object } };
    expect(Object.keys(post.requestBody?.content ?? {})).toEqual(['application/cloudevents+json', 'application/cloudevents-batch+json', 'application/json']);
  });

  it('speaks JSON Schema 2020-12', () => {
    const note = document.components.schemas['NoteRequest']?.properties;
    expect(note?.['height']).toEqual({ type: ['number', 'null'] });
    expect(note?.['amount']).toEqual({ type: 'string', examples: ['100'] });
  });

  it('lifts what the old dialect says about null', () => {
    expect(modernise({ $ref: '#/a', nullable: true })).toEqual({ anyOf: [{ $ref: '#/a' }, { type: 'null' }] });
    expect(modernise({ type: 'string', enum: ['a'], nullable: true })).toEqual({ type: ['string', 'null'], enum: ['a', null] });
    expect(modernise({ type: 'string', nullable: false })).toEqual({ type: 'string' });
    expect(modernise([{ name: 'x', in: 'query', example: 1 }])).toEqual([{ name: 'x', in: 'query', example: 1 }]);
  });
});
