/** How the events of a journal are appended: by how many at once, and how many in an append. */
export const SHAPES = {
  sequential: { callers: 1, atOnce: 1 },
  concurrent: { callers: 64, atOnce: 1 },
  batched: { callers: 1, atOnce: 100 },
} as const;

export type Shape = keyof typeof SHAPES;
