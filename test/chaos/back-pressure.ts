import type { RunningKafka } from '@qazyna/testing';
export async function backPressure(_kafka: RunningKafka, _messages: number, _say: (text: string) => void): Promise<number> { return Promise.resolve(0); }
