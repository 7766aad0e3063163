import type { Finding, Sent, Testimony } from './testimony.js';

/** For each command over a register: the event it leads to and the name of the identity in it. */
const REGISTERS: Readonly<Record<string, { readonly type: string; readonly identity: (data: Readonly<Record<string, unknown>>) => string }>> = {
  'register-vault': { type: 'custody.vault-registered', identity: ({ vaultId }) => vaultId as string },
  'issue-licence': { type: 'mining.licence-issued', identity: ({ licenceId }) => licenceId as string },
  'register-pool-account': { type: 'mining.pool-account-registered', identity: ({ poolAccountId }) => poolAccountId as string },
  'register-publisher': { type: 'operations.publisher-registered', identity: ({ publisherId }) => publisherId as string },
  'add-publisher-key': { type: 'operations.publisher-key-added', identity: ({ publisherId, keyId }) => `${publisherId as string}/${keyId as string}` },
  'revoke-publisher-key': { type: 'operations.publisher-key-revoked', identity: ({ publisherId, keyId }) => `${publisherId as string}/${keyId as string}` },
  'register-farm': { type: 'mining.farm-registered', identity: ({ farmId }) => farmId as string },
  'set-quota': { type: 'mining.farm-quota-set', identity: ({ farmId, actId }) => `${farmId as string} ${actId as string}` },
  'report-reading': { type: 'mining.energy-reading-recorded', identity: ({ readingId }) => readingId as string },
  'suspend-licence': { type: 'mining.licence-suspended', identity: ({ licenceId, actId }) => `${licenceId as string} ${actId as string}` },
  'resume-licence': { type: 'mining.licence-resumed', identity: ({ licenceId, actId }) => `${licenceId as string} ${actId as string}` },
  'amend-licence': { type: 'mining.licence-amended', identity: ({ licenceId, actId }) => `${licenceId as string} ${actId as string}` },
  'find-coins': { type: 'intake.coins-inherited', identity: ({ caseId, findingId }) => `${caseId as string} ${findingId as string}` },
  'freeze-token': { type: 'intake.token-frozen-by-issuer', identity: ({ caseId, freezeId }) => `${caseId as string} ${freezeId as string}` },
  'lift-freeze': { type: 'intake.token-freeze-lifted', identity: ({ caseId, freezeId }) => `${caseId as string} ${freezeId as string}` },
  'propose-wallet': { type: 'mining.wallet-change-proposed', identity: ({ poolAccountId, changeId }) => `${poolAccountId as string} ${changeId as string}` },
  'confirm-wallet': { type: 'mining.wallet-change-confirmed', identity: ({ poolAccountId, changeId }) => `${poolAccountId as string} ${changeId as string}` },
  'withdraw-wallet': { type: 'mining.wallet-change-withdrawn', identity: ({ poolAccountId, changeId }) => `${poolAccountId as string} ${changeId as string}` },
  'assign-address': {
    type: 'custody.address-assigned',
    identity: purposeKey,
  },
};

/** What an address is for, in which vault: its identity. */
function purposeKey({ vaultId, purpose }: Readonly<Record<string, unknown>>): string {
  const { kind, id, assetId } = purpose as { readonly kind: string; readonly id: string; readonly assetId?: string };
  return `${vaultId as string} ${kind}:${id}${assetId ?? ''}`;
}

const FIELDS = ['class', 'tier', 'descriptor', 'kind', 'holder', 'validFrom', 'validUntil', 'licenceId', 'network', 'payoutAddress', 'organisation', 'publicKey', 'revokedFrom', 'act', 'effectiveAt', 'energySource', 'perMonthWh', 'energyWh', 'corrects', 'from', 'to'];

/** What officers were told is registered is registered, once, and as they said. */
export function judgeRegisters(told: Testimony): Finding[] {
  const findings: Finding[] = [];
  for (const [command, { type, identity }] of Object.entries(REGISTERS)) {
    const events = told.events.filter((event) => event.type === type);
    const known = new Map(events.map((event) => [identity(event.data), event]));
    if (known.size !== events.length) findings.push({ rule: 'INV-21', message: `${type} was recorded more than once for one identity` });
    for (const sent of told.sent.filter((each) => each.command === command && each.flaw === undefined)) {
      for (const answer of sent.answers) {
        const event = known.get(sent.key);
        if (answer.status === 404 && isNotThere(sent, told)) continue;
        if (answer.status !== 200) findings.push({ rule: 'register', message: `${command} ${sent.key} was refused: ${answer.code}` });
        else if (event === undefined || event.position > answer.at) findings.push({ rule: 'INV-20', message: `${command} ${sent.key} was answered before it was recorded` });
        else if (FIELDS.some((field) => sent.content[field] !== undefined && sent.content[field] !== event.data[field])) findings.push({ rule: 'register', message: `${command} ${sent.key} is recorded otherwise than it was sent` });
        else if (command === 'assign-address' && (answer.body as { address?: string }).address !== event.data['address']) findings.push({ rule: 'register', message: `${sent.key} was told another address than the one recorded` });
      }
    }
  }
  findings.push(...judgeLateAddresses(told), ...judgeWalletChanges(told));
  const addresses = told.events.filter(({ type }) => type === 'custody.address-assigned').map(({ data }) => data['address']);
  if (new Set(addresses).size !== addresses.length) findings.push({ rule: 'register', message: 'one address was given to two purposes' });
  for (const sent of told.sent) findings.push(...judgeBroken(sent), ...judgeFlaw(sent));
  return findings;
}

/** Whether the asset that it is about was not reported when it was sent, or its freeze was refused for that. */
function isNotThere({ key, content, at }: Sent, { events, sent }: Testimony): boolean {
  const assetId = content['parentAssetId'] ?? content['assetId'];
  const isKnown = events.some(({ type, data, position }) => type === 'intake.asset-status-changed' && data['assetId'] === assetId && position < at);
  return !isKnown || sent.some((each) => each.command === 'freeze-token' && each.key === key && each.answers.some(({ code }) => code === 'asset-not-found'));
}

const COOLING_MS = 72 * 3_600_000;

/** INV-44: two people, and the time between that lets a third one notice. */
function judgeWalletChanges({ events }: Testimony): Finding[] {
  return events
    .filter(({ type }) => type === 'mining.wallet-change-confirmed')
    .flatMap(({ data, stream }) => {
      const proposed = events.find(({ type, data: { changeId }, stream: of }) => type === 'mining.wallet-change-proposed' && of === stream && changeId === data['changeId']);
      const subject = (of: unknown): string => (of as { readonly subject: string }).subject;
      const isAlone = proposed === undefined || subject(proposed.data['proposedBy']) === subject(data['confirmedBy']);
      const isHasty = Date.parse(data['effectiveFrom'] as string) - Date.parse(data['confirmedAt'] as string) < COOLING_MS;
      return [...(isAlone ? [`${stream} was changed by one person`] : []), ...(isHasty ? [`${stream} has its new wallet before it cooled off`] : [])].map((message) => ({ rule: 'INV-44', message }));
    });
}

/** A frozen vault gives out no address; any other does. */
function judgeLateAddresses({ events, sent }: Testimony): Finding[] {
  return sent
    .filter(({ command }) => command === 'assign-late-address')
    .flatMap(({ key, content, answers, at }) =>
      answers.flatMap(({ code, at: answeredAt }) => {
        const frozenAt = events.find(({ type, data }) => type === 'custody.vault-frozen' && data['vaultId'] === content['vaultId'])?.position ?? Infinity;
        const assignedAt = events.find(({ type, data }) => type === 'custody.address-assigned' && purposeKey(data) === key)?.position ?? Infinity;
        if (code === 'accepted' && assignedAt > answeredAt) return [{ rule: 'INV-20', message: `${key} was given an address before that was recorded` }];
        if (code === 'accepted' && frozenAt <= at && assignedAt > frozenAt) return [{ rule: 'alarm', message: `${key} was given an address of a frozen vault` }];
        if (code === 'vault-frozen' && frozenAt > answeredAt) return [{ rule: 'register', message: `${key} was refused by a vault that was not frozen` }];
        return code === 'accepted' || code === 'vault-frozen' ? [] : [{ rule: 'register', message: `${key} was refused: ${code}` }];
      }),
    );
}

/** No message, however wrong, breaks what answers it: an answer of 500 is a rule that was found broken where it must hold. */
function judgeBroken({ command, key, answers }: Sent): Finding[] {
  return answers.filter(({ status }) => status === 500).map(({ code }) => ({ rule: 'broken', message: `${command} ${key} was answered 500 ${code}` }));
}

/** A message whose content alone decides is answered by that, always. */
function judgeFlaw({ command, key, flaw, answers }: Sent): Finding[] {
  return answers.filter(({ code }) => flaw !== undefined && code !== flaw).map(({ code }) => ({ rule: 'refusal', message: `${command} ${key} must be refused as ${flaw ?? ''} and was answered ${code}` }));
}
