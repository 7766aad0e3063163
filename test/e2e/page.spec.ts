import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith } from '@qazyna/testing';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { BROWSER } from '../system/browser.js';
import { ask } from '../system/caller.js';
import type { HoldingFigures } from '../system/ledger-view.js';
import { Standalone } from '../system/standalone.js';

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 320, height: 640 };

await describeWith(BROWSER, 'the public page in a browser without JavaScript', (executablePath) => {
  let standalone: Standalone;
  let browser: Browser;

  beforeAll(async () => {
    standalone = await Standalone.start({ story: true });
    // A sandbox of the browser's own needs privileges that containers do not give; the page is our own.
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await standalone?.remove();
  }, 30_000);

  interface Visit {
    readonly context: BrowserContext;
    readonly page: Page;
    readonly requests: string[];
    readonly complaints: string[];
  }

  async function visit(viewport: { width: number; height: number }, colorScheme: 'light' | 'dark' = 'light'): Promise<Visit> {
    const context = await browser.newContext({ viewport, javaScriptEnabled: false, colorScheme });
    const page = await context.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => void requests.push(request.url()));
    page.on('requestfailed', (request) => void complaints.push(`${request.url()}: ${request.failure()?.errorText ?? 'failed'}`));
    page.on('response', (response) => void (response.status() >= 400 && complaints.push(`${response.url()}: ${response.status()}`)));
    page.on('console', (message) => void (['error', 'warning'].includes(message.type()) && complaints.push(message.text())));
    page.on('pageerror', (error) => void complaints.push(error.message));
    const answer = await page.goto(standalone.url, { waitUntil: 'networkidle' });
    expect(answer?.status()).toBe(200);
    return { context, page, requests, complaints };
  }

  it('shows the figures of /v1/holdings, and asks nobody else for anything', async () => {
    const { context, page, requests, complaints } = await visit(DESKTOP);
    expect(await page.title()).toMatch(/\S/);
    // Digits are grouped for people; nothing else may differ.
    const shown = (await page.locator('.amount, td.number').allInnerTexts()).map((text) => text.replaceAll(/\s/gu, ''));
    for (const amount of await amounts()) expect(shown).toContain(amount);

    expect(requests.filter((url) => !url.startsWith(standalone.url))).toEqual([]);
    expect(complaints).toEqual([]);
    await page.screenshot({ path: join(tmpdir(), 'qazyna-page-desktop.png'), fullPage: true });
    await context.close();
  });

  it('has the landmarks that a screen reader walks by', async () => {
    const { context, page } = await visit(DESKTOP);
    expect(await page.locator('html').getAttribute('lang')).toMatch(/^[a-z]{2}/);
    expect(await page.getByRole('main').count()).toBe(1);
    expect(await page.getByRole('banner').count()).toBe(1);
    expect(await page.getByRole('contentinfo').count()).toBe(1);
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    // A figure whose column or row has no name cannot be read aloud.
    for (const table of await page.getByRole('table').all()) {
      expect(await table.getByRole('columnheader').count()).toBeGreaterThan(0);
    }
    await context.close();
  });

  it.each([['light'], ['dark']] as const)('fits a small phone without scrolling sideways (%s)', async (scheme) => {
    const { context, page } = await visit(PHONE, scheme);
    const widest = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(widest).toBeLessThanOrEqual(PHONE.width);
    // Nor is a figure hidden in a box that scrolls by itself.
    for (const figure of await page.locator('.amount, td.number').all()) {
      const box = await figure.boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? Infinity)).toBeLessThanOrEqual(PHONE.width);
    }
    await page.screenshot({ path: join(tmpdir(), `qazyna-page-phone-${scheme}.png`), fullPage: true });
    await context.close();
  });

  /** Every amount of the figures, in coins. */
  async function amounts(): Promise<string[]> {
    const { figures } = await ask<{ figures: HoldingFigures }>(standalone.url, '/v1/holdings');
    const all = figures.classes.flatMap(({ assets }) => assets.flatMap(({ coins, sources }) => [coins, ...sources.map((source) => source.coins)]));
    expect(all.length).toBeGreaterThan(3);
    return all;
  }
});
