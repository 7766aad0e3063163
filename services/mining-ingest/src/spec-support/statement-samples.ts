import type { StatementMedia } from '../pools/statement.js';

/** Statements in the pools' own documented forms, for specs and for mutation. */

export interface StatementSample {
  readonly format: string;
  readonly name: string;
  readonly media: StatementMedia;
  readonly text: string;
  readonly rows: number;
}

const TXID = '7f37726aca676a11ae30277d1a12bfec761f3523dc64c151abe2ec7d410c36fb';
const WALLET = 'bc1qllf33yhp7m80sfm35fce0tagcckey7dljauwd5';

/** The second transaction id lacks a digit in the pool's own documentation, and the profit page shows four of the seven rows it counts. */
export const BTCPOOL_PAYMENTS = `{"status":"OK","data":[{"amount":"0.00149377","address":"${WALLET}","tx":"${TXID}","created_time":"1683017935","payment_id":"38518124"},{"amount":"0.00137954","address":"${WALLET}","tx":"398e02bff83a6e71df32516ac584314fd234e00e479274df8d6b46265c93286","created_time":"1682845283","payment_id":"38409239"}],"count":2,"offset":0,"limit":2,"total":11}`;
export const BTCPOOL_PROFITS =
  '{"status":"OK","data":[{"hashrate":"293286989405200.68","pplns_profit":"0.00003050","pps_profit":"0.00073035","total_profit":"0.00076085","date":"2023-04-26"},{"hashrate":"291413747372693.43","pplns_profit":"0.00003200","pps_profit":"0.00072572","total_profit":"0.00075772","date":"2023-04-27"},{"hashrate":"241351761280465.71","pplns_profit":"0.00001091","pps_profit":"0.00060104","total_profit":"0.00061195","date":"2023-04-28"},{"hashrate":"291197102859368.68","pplns_profit":"0.00003456","pps_profit":"0.00072518","total_profit":"0.00075974","date":"2023-04-29"}],"count":7,"offset":5,"limit":10,"total":12}';
export const VIABTC_PAYMENTS = `{"code":0,"count":2,"curr_page":1,"data":[{"id":157,"coin":"BTC","amount":"0.001","address":"${WALLET}","tx":"eaa0597e556ceda83ffe5d3533a4aba93b49e7dbb2fa35895dd08754fb9d62d0","create_time":1530704756},{"id":266,"coin":"BTC","amount":"0.00100001","address":"${WALLET}","tx":"00802e7d6acf262c9afda8882dc361c705f224985c074f62e57942af9beae8b9","create_time":1530704757}],"has_next":false,"total":2,"total_page":1,"message":"OK"}`;
export const VIABTC_PROFITS =
  '{"code":0,"data":{"count":2,"curr_page":1,"data":[{"coin":"BTC","date":"2018-10-05","pplns_profit":"0","pps_profit":"0.00002148","solo_profit":"0","total_profit":"0.00002148"},{"coin":"BTC","date":"2018-10-06","total_profit":"0.00028948"}],"has_next":true,"total":12,"total_page":6},"message":"OK"}';
export const F2POOL_TRANSACTIONS = `{"transactions":[{"id":9007199254740993,"type":"revenue","changed_balance":0.1,"created_at":1755820800,"mining_extra":{"mining_date":1755734400,"settle_date":1755820800,"pps":0.099,"pps_fee_rate":0.02,"tx_fee":1.5E-3,"tx_fee_rate":0,"hash_rate":2.9e+14}},{"id":2,"type":"payout","changed_balance":-0.1,"created_at":1755820801,"payout_extra":{"value":0.1,"address":"${WALLET}","tx_id":"${TXID}","paid_time":1755820900,"wallet_type":"external","tip":0}},{"id":3,"type":"transfer","changed_balance":1e-8,"created_at":1755820802}]}`;
export const ANTPOOL_PAYOUTS = `{"code":0,"message":"ok","data":{"rows":[{"id":"700155","timestamp":"2024-11-05 03:10:00","walletAddress":"${WALLET}","txId":"${TXID}","amount":"0.01230000"}],"page":1,"totalPage":1,"pageSize":10,"totalRecord":1}}`;
export const ANTPOOL_RECEIVED =
  '{"code":0,"message":"ok","data":{"rows":[{"timestamp":"2024-11-04 00:00:00","hashrate":"1.25","hashrateUnit":"PH/s","ppsAmount":"0","pplnsAmount":"0","soloAmount":"0","ppappsAmount":"0","ppapplnsAmount":"0","fppsBlockAmount":"0.00060000","fppsFeeAmount":"0.00004321"}],"page":2,"totalPage":2,"pageSize":10,"totalRecord":11}}';
export const BRAIINS_PAYOUTS = `{"onchain":[{"financial_account_name":"Bitcoin Account","requested_at_ts":1659312000,"resolved_at_ts":1659315600,"status":"confirmed","amount_sats":149377,"fee_sats":210,"destination":"${WALLET}","tx_id":"${TXID}","trigger_type":"triggered"},{"financial_account_name":"Bitcoin Account","requested_at_ts":1659400000,"resolved_at_ts":null,"status":"queued","amount_sats":5000,"fee_sats":0,"destination":"${WALLET}","tx_id":null,"trigger_type":"manual"}],"lightning":[{"financial_account_name":"Bitcoin Account","requested_at_ts":1659500000,"resolved_at_ts":1659500001,"status":"confirmed","amount_sats":1200,"fee_sats":1,"destination":"lnbc12u1","invoice":"lnbc12u1","preimage":"00ff","trigger_type":"triggered"}]}`;
export const CANONICAL_LIST = `[{"pool":"any-pool","account":"reserve-01","paymentId":"38518124","asset":"bip122:000000000019d6689c085ae165831e93/slip44:0","amount":"149377","address":"${WALLET}","txid":"${TXID}","outputIndex":1,"paidAt":"2023-05-02T08:58:55Z","statutorySequence":"2023-7"},{"paymentId":"38518125","amount":"1","address":"${WALLET}","txid":"${TXID}","outputIndex":2,"paidAt":"2023-05-02T08:58:55Z"}]`;
export const CANONICAL_CSV = `\uFEFFpaymentId,amount,address,txid,paidAt,outputIndex\r\n38518124,149377,"${WALLET}",${TXID},2023-05-02T08:58:55Z,1\r\n38518125,1,${WALLET},${TXID},2023-05-02T08:58:55Z,\r\n`;
export const CANONICAL_LINES = `{"paymentId":"1","amount":"149377","address":"${WALLET}","txid":"${TXID}","paidAt":"2023-05-02T08:58:55Z"}\n\n{"paymentId":"2","amount":"1","address":"${WALLET}","txid":"${TXID}","outputIndex":0,"paidAt":"2023-05-02T08:58:55Z"}\n`;
/** Numbers invented for this file: 060140000122 is a legal person's, 900101300126 a natural person's. */
export const STATUTORY_CSV = `sequence;taxpayer;miner;licenceNumber;licenceDate;wallet;distributedAt;amount\n2026-000123;060140000122;"TOO ""Ekibastuz; Mining""";KZ-CM-0001;2025-06-01;${WALLET};2026-03-01 10:00:00;0.00149377\n2026-000124;900101300126;Invented Person;KZ-CM-0002;2025-06-01;${WALLET};2026-03-01T10:00:00Z;\n`;
export const STATUTORY_LIST = `[{"sequence":"2026-000123","taxpayer":"060140000122","miner":"TOO Ekibastuz Mining","licenceNumber":"KZ-CM-0001","licenceDate":"2025-06-01","wallet":"${WALLET}","distributedAt":"2026-03-01T10:00:00Z","amount":"0.00149377"}]`;
export const VIABTC_CSV = `id,coin,amount,address,tx,create_time\n157,BTC,0.001,${WALLET},${TXID},1530704756\n158,BTC,"0,001",${WALLET},${TXID},1530704756\n159,BTC,0.001,${WALLET}\n`;

export const STATEMENT_SAMPLES: readonly StatementSample[] = [
  { format: 'btcpool-kz', name: 'payments', media: 'json', text: BTCPOOL_PAYMENTS, rows: 2 },
  { format: 'btcpool-kz', name: 'profits', media: 'json', text: BTCPOOL_PROFITS, rows: 4 },
  { format: 'viabtc', name: 'payments', media: 'json', text: VIABTC_PAYMENTS, rows: 2 },
  { format: 'viabtc', name: 'profits', media: 'json', text: VIABTC_PROFITS, rows: 2 },
  { format: 'viabtc', name: 'payments in CSV', media: 'csv', text: VIABTC_CSV, rows: 3 },
  { format: 'f2pool', name: 'transactions', media: 'json', text: F2POOL_TRANSACTIONS, rows: 3 },
  { format: 'antpool', name: 'payouts', media: 'json', text: ANTPOOL_PAYOUTS, rows: 1 },
  { format: 'antpool', name: 'received', media: 'json', text: ANTPOOL_RECEIVED, rows: 1 },
  { format: 'braiins', name: 'payouts', media: 'json', text: BRAIINS_PAYOUTS, rows: 3 },
  { format: 'canonical', name: 'list', media: 'json', text: CANONICAL_LIST, rows: 2 },
  { format: 'canonical', name: 'CSV', media: 'csv', text: CANONICAL_CSV, rows: 2 },
  { format: 'canonical', name: 'lines', media: 'json-lines', text: CANONICAL_LINES, rows: 2 },
  { format: 'statutory', name: 'CSV', media: 'csv', text: STATUTORY_CSV, rows: 2 },
  { format: 'statutory', name: 'list', media: 'json', text: STATUTORY_LIST, rows: 1 },
];
