import { join } from 'node:path';
import { RuleTester, type Rule } from 'eslint';
import { parser } from 'typescript-eslint';
import { noAmountAsNumber } from './no-amount-as-number.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const tester = new RuleTester({
  languageOptions: {
    parser,
    parserOptions: { projectService: { allowDefaultProject: ['*.ts'], defaultProject: 'tsconfig.base.json' }, tsconfigRootDir: ROOT },
  },
});

/** Eslint's own types know only its own parser's nodes. */
const rule = noAmountAsNumber as unknown as Rule.RuleModule;
const filename = join(ROOT, 'planted.ts');
const conversion = (code: string): RuleTester.InvalidTestCase => ({ filename, code, errors: [{ messageId: 'conversion' }] });
const declaration = (code: string): RuleTester.InvalidTestCase => ({ filename, code, errors: [{ messageId: 'declaration' }] });
const clean = (code: string): RuleTester.ValidTestCase => ({ filename, code });

tester.run('no-amount-as-number', rule, {
  invalid: [
    conversion('const x = (due: bigint) => Number(due);'),
    conversion('const x = (due: bigint | undefined) => Number(due ?? 0n);'),
    conversion('const x = (amount: string) => Number(amount);'),
    conversion('const x = (claim: { amount: string }) => parseFloat(claim.amount);'),
    conversion("const x = (claim: { 'base-units': string }) => parseInt(claim['base-units'], 10);"),
    conversion('const x = (feeSats: string) => Number.parseInt(feeSats, 10);'),
    conversion('const x = (feeSats: string) => Number.parseFloat(feeSats);'),
    conversion('const x = (claim: { amount: string }) => +claim.amount;'),
    conversion('const x = (openingBalance: string) => +openingBalance;'),
    conversion('const x = (amount: unknown) => amount as number;'),
    conversion('const x = (due: bigint) => due as unknown as number;'),
    conversion('const x = (row: { balance: unknown }) => row.balance as number;'),
    conversion('const x = (row: { due: number | bigint }) => Number(row.due);'),
    conversion('declare function balanceOf(account: string): string; const x = Number(balanceOf("a"));'),
    conversion('const x = (dues: bigint[]) => dues.map(Number);'),
    conversion('const x = (amounts: string[]) => amounts.map(parseFloat);'),
    conversion('const x = (claim: { amount: any }) => Math.round(claim.amount);'),
    conversion('const x = (claim: { amount: any }) => claim.amount.toFixed(8);'),
    declaration('interface Posting { amount: number }'),
    declaration('interface Posting { readonly amount?: number | string }'),
    declaration('interface Row { opening_balance: number }'),
    declaration('interface Row { amounts: readonly number[] }'),
    declaration('class Posting { amount = 0 }'),
    declaration('class Posting { constructor(readonly amount: number) {} }'),
    declaration('const pay = (feeSats: number) => feeSats > 0;'),
    declaration('export function pay(amount: number = 1) {}'),
    declaration('const totalSats = 2 ** 53;'),
    declaration('export const posting = { amount: 5 };'),
    declaration('declare const row: Record<string, number>; export const x = row.amount;'),
    { ...declaration('interface Output { value: number }'), options: [{ properties: ['value'] }] },
  ],
  valid: [
    clean('interface Posting { amount: bigint; decimals: number; amountText: string }'),
    clean('const x = (text: string) => Number(text);'),
    clean('const x = (revision: bigint) => Number(revision);'),
    clean('const x = (event: { nextRevision: bigint }) => Number(event.nextRevision);'),
    clean('const x = (amount: bigint) => amount.toString();'),
    clean('const x = (amounts: bigint[]) => amounts.map(String);'),
    clean('const amountDecimals = 8; const balanceVersion = 1;'),
    clean('const x = (posting: { amount: bigint }) => ({ amount: posting.amount });'),
    clean('interface Output { value: number }'),
    clean('const x = (row: { seq: number | bigint }) => row.seq as number;'),
    { ...clean('const write = (value: number) => value;'), options: [{ properties: ['value'] }] },
    { ...clean("export const bad = { amount: 5 };"), options: [{ declarations: false }] },
  ],
});
