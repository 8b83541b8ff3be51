import type { ClearFile, Submission } from './contract.ts';

/** A submission of a synthetic person with files of the given sizes. */
export function submissionOf(submissionId: string, sizes: readonly number[] = [3000]): Submission {
  const files = sizes.map((size, n): ClearFile => ({
    name: `page-${n}`,
    mediaType: 'image/jpeg',
    bytes: new Uint8Array(size).fill(n + 1),
  }));
  return {
    submissionId,
    kind: 'application',
    service: {
      id: 'unemployment-reg',
      handleItemCode: '11500151DEMA000135550201490100001',
    },
    compose: (draft) =>
      Promise.resolve({
        files,
        body: (sealed) => ({
          v: 1,
          receiptNumber: draft.receiptNumber,
          name: '张测试',
          pages: [...sealed.values()],
        }),
      }),
  };
}
