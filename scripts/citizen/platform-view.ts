import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { PlatformReady } from '../launch/stack.ts';

const itemSchema = z.object({
  copies: z.number(),
  conflicts: z.number(),
  submissionId: z.string(),
  state: z.string(),
  reviewed: z.boolean(),
  problems: z.array(z.unknown()),
  caseNumber: z.string(),
  archived: z.boolean(),
  envelopeSha256: z.string(),
  attachmentSha256: z.array(z.string()),
  clear: z.unknown().optional(),
});

/** What the platform has of one submission. */
export type PlatformItem = z.infer<typeof itemSchema>;

async function ask(platform: PlatformReady, path: string): Promise<Response> {
  const token = (await readFile(platform.adminTokenFile, 'utf8')).trim();
  return fetch(`${platform.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
}

/** Submission ids of everything the platform holds. */
export async function platformItems(platform: PlatformReady): Promise<readonly string[]> {
  const answer = await ask(platform, '/v1/admin/items');
  if (!answer.ok) throw new Error(`the platform answered ${String(answer.status)}`);
  return z
    .object({ items: z.array(z.object({ submissionId: z.string() })) })
    .parse(await answer.json())
    .items.map(({ submissionId }) => submissionId);
}

/** Asks the platform, with its admin token, for one item; undefined while it has none. */
export async function platformItem(
  platform: PlatformReady,
  submissionId: string,
  clear = false,
): Promise<PlatformItem | undefined> {
  const answer = await ask(platform, `/v1/admin/items/${submissionId}?clear=${clear ? '1' : '0'}`);
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`the platform answered ${String(answer.status)}`);
  return itemSchema.parse(await answer.json());
}

/** Waits until the platform has an item and has looked at it. Throws when it has none in time. */
export async function waitForItem(
  platform: PlatformReady,
  submissionId: string,
  deadlineMs = 60_000,
): Promise<PlatformItem> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const item = await platformItem(platform, submissionId);
    if (item?.reviewed === true) return item;
    if (performance.now() > deadline) throw new Error('the platform does not have the application');
    await sleep(50);
  }
}
