import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AddressError, SandboxRefused, type BlockReference, type Reorganisation, type SandboxChain } from '@qazyna/bitcoin';
import { ProblemError, Roles, ROLES } from '@qazyna/service-kit';
import { SANDBOX_CHAIN } from '../custody.tokens.js';
import { SandboxMining, SandboxPayment, SandboxReorganisation } from './deposits.dto.js';

/** The sandbox's own chain, by command. Does not exist in production, nor where blocks come from a node. */
export interface SandboxPaid {
  readonly txid: string;
  readonly txids: readonly string[];
  /** Amounts in base units. */
  readonly outputs: readonly { readonly txid: string; readonly vout: number; readonly address: string; readonly amount: string }[];
}

@ApiTags('Sandbox')
@Controller('sandbox/chain')
export class SandboxChainController {
  constructor(@Inject(SANDBOX_CHAIN) private readonly chain: SandboxChain) {}

  @Get()
  @Roles(...ROLES)
  @ApiOperation({ summary: 'The tip, and the transactions that wait to be mined' })
  async show(): Promise<BlockReference & { readonly mempool: readonly string[] }> {
    const [tip, waiting] = await Promise.all([this.chain.tip(), this.chain.mempool()]);
    return { ...tip, mempool: waiting.map(({ txid }) => txid) };
  }

  @Post('pay')
  @HttpCode(200)
  @Roles('operator', 'custodian')
  @ApiOperation({ summary: 'Pay addresses from the sandbox miner\'s coins', description: 'The transactions wait until blocks are mined.' })
  async pay(@Body() { outputs }: SandboxPayment): Promise<SandboxPaid> {
    const payment = await this.run(() => this.chain.pay(outputs.map(({ address, amount }) => ({ address, amount: BigInt(amount) }))));
    return { ...payment, outputs: payment.outputs.map((output) => ({ ...output, amount: output.amount.toString() })) };
  }

  @Post('mine')
  @HttpCode(200)
  @Roles('operator', 'custodian')
  @ApiOperation({ summary: 'Mine blocks with what waits' })
  async mine(@Body() { blocks }: SandboxMining): Promise<{ readonly blocks: readonly BlockReference[] }> {
    return { blocks: await this.run(() => this.chain.mine(blocks)) };
  }

  @Post('reorganise')
  @HttpCode(200)
  @Roles('operator', 'custodian')
  @ApiOperation({ summary: 'Abandon the newest blocks for a longer branch' })
  async reorganise(@Body() { depth, blocks, dropTransactions }: SandboxReorganisation): Promise<Reorganisation> {
    const options = { ...(blocks === undefined ? {} : { newBlocks: blocks }), ...(dropTransactions === undefined ? {} : { dropTransactions }) };
    return this.run(() => this.chain.reorganise(depth, options));
  }

  private async run<T>(command: () => Promise<T>): Promise<T> {
    try {
      return await command();
    } catch (error) {
      if (error instanceof SandboxRefused || error instanceof AddressError) throw new ProblemError(422, error.code, error.message);
      throw error;
    }
  }
}
