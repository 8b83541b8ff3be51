import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import {
  attachmentProgress,
  auditHeld,
  enrolResponse,
  feed,
  heartbeatReceived,
  itemReceived,
  problem,
  readJson,
  receiptVerification,
  signedTime,
  tokenResponse,
} from './answers.ts';

const TIME = '2026-11-02T12:00:00+08:00';
const HASH = 'ab'.repeat(32);
const ID = '0f'.repeat(16);
const KEY = 'Aa0_-'.repeat(8) + 'xyz';

const enrolled = {
  terminalId: 'T-1',
  region: '500199001',
  terminal: '001',
  generation: 1,
  lastReceiptNumber: null,
  bundleRoot: KEY,
  verifyBaseUrl: 'https://verify.example',
  serverTime: TIME,
};
const token = { accessToken: 't', expiresInSeconds: 0.5, serverTime: TIME };
const received = {
  result: 'received',
  submissionId: ID,
  envelopeSha256: HASH,
  caseNumber: 'C',
  cursor: 0,
  receivedAt: TIME,
};
const progress = { result: 'stored', sha256: HASH, offset: 0, complete: false };
const event = {
  cursor: 1,
  receiptNumber: '',
  submissionId: ID,
  state: 'accepted',
  caseNumber: '',
  at: TIME,
};
const feedPage = { events: [event], cursor: 1, more: false, archivedThrough: 0, serverTime: TIME };
const held = { result: 'held', seq: 7, hash: HASH, archivedSeq: 3 };
const beat = { result: 'noted', serverTime: TIME };
const verified = {
  signature: 'valid',
  item: 'arrived',
  receiptNumber: null,
  state: null,
};
const said = { type: 'about:blank', status: 409, code: 'conflict' };

type Case = readonly [string, z.ZodType, object, readonly object[], readonly object[]];
/** Name, shape, an answer that fits, changes with which it fits too, changes with which it does not. */
const cases: readonly Case[] = [
  [
    'an enrolment',
    enrolResponse,
    enrolled,
    [
      { terminalId: 'T'.repeat(100) },
      { lastReceiptNumber: '1'.repeat(23) },
      { unlockKey: KEY },
      { serverTime: '2026-11-02T04:00:00Z' },
    ],
    [
      { terminalId: '' },
      { terminalId: 'T'.repeat(101) },
      { region: '50019900' },
      { region: '5001990010' },
      { region: 'x500199001' },
      { region: 'ABCDEFGHI' },
      { terminal: '01' },
      { terminal: '0001' },
      { terminal: 'abc' },
      { generation: 0 },
      { generation: 1.5 },
      { lastReceiptNumber: '1'.repeat(22) },
      { lastReceiptNumber: '1'.repeat(24) },
      { lastReceiptNumber: 'x'.repeat(23) },
      { lastReceiptNumber: undefined },
      { bundleRoot: KEY.slice(1) },
      { bundleRoot: `${KEY}A` },
      { bundleRoot: '+'.repeat(43) },
      { verifyBaseUrl: 'verify' },
      { unlockKey: undefined },
      { unlockKey: 'short' },
      { serverTime: '2026-11-02T12:00:00' },
      { serverTime: 'noon' },
    ],
  ],
  [
    'a token',
    tokenResponse,
    token,
    [{ accessToken: 't'.repeat(8192) }],
    [
      { accessToken: '' },
      { accessToken: 't'.repeat(8193) },
      { expiresInSeconds: 0 },
      { serverTime: 'noon' },
    ],
  ],
  [
    'the one answer that counts',
    itemReceived,
    received,
    [{ caseNumber: 'C'.repeat(100) }, { cursor: 9 }],
    [
      { result: 'ok' },
      { result: '' },
      { submissionId: ID.slice(1) },
      { submissionId: `${ID}0` },
      { submissionId: ID.toUpperCase() },
      { envelopeSha256: HASH.slice(1) },
      { envelopeSha256: `${HASH}0` },
      { envelopeSha256: HASH.toUpperCase() },
      { caseNumber: '' },
      { caseNumber: 'C'.repeat(101) },
      { cursor: -1 },
      { cursor: 0.5 },
      { receivedAt: 'noon' },
    ],
  ],
  [
    'the progress of an attachment',
    attachmentProgress,
    progress,
    [{ offset: 7, complete: true }],
    [{ result: '' }, { sha256: 'x' }, { offset: -1 }, { complete: 'yes' }],
  ],
  [
    'the feed',
    feed,
    feedPage,
    [{ events: [] }, { lastCursor: 4 }, { events: [{ ...event, caseNumber: 'C'.repeat(100) }] }],
    [
      { events: 'none' },
      { cursor: -1 },
      { more: 'yes' },
      { archivedThrough: -1 },
      { lastCursor: undefined },
      { lastCursor: -1 },
      { serverTime: 'noon' },
    ],
  ],
  [
    'a heartbeat',
    heartbeatReceived,
    beat,
    [{ audit: held }, { bundles: {} }, { bundles: { keys: '"1"', policy: '"2"', catalogue: '' } }],
    [
      { result: '' },
      { serverTime: 'noon' },
      { audit: { ...held, hash: '' } },
      { bundles: { keys: 1 } },
      { bundles: { policy: null } },
      { bundles: { catalogue: 1 } },
    ],
  ],
  [
    'how far audit is held',
    auditHeld,
    held,
    [{ seq: 0, archivedSeq: 0 }],
    [{ result: '' }, { seq: -1 }, { seq: undefined }, { hash: 'ab' }, { archivedSeq: 0.5 }],
  ],
  [
    'a receipt’s verification',
    receiptVerification,
    verified,
    [
      ...['invalid', 'unknownKey', 'revokedKey'].map((signature) => ({ signature })),
      ...['notYetArrived', 'differs', 'unknown'].map((item) => ({ item })),
      { receiptNumber: '1', state: 'accepted' },
    ],
    [{ signature: '' }, { item: '' }, { receiptNumber: 1 }, { state: 5 }],
  ],
  [
    'the signed time',
    signedTime,
    { nonce: 'n', serverTime: TIME },
    [],
    [{ nonce: 1 }, { serverTime: 'noon' }],
  ],
  [
    'a problem',
    problem,
    said,
    [
      'unauthorised',
      'revoked',
      'malformed',
      'offsetMismatch',
      'hashMismatch',
      'tooLarge',
      'slowDown',
      'notFound',
      'attachmentsMissing',
      'internal',
    ].map((code) => ({ code })),
    [{ type: '' }, { type: 'x' }, { status: 1.5 }, { code: '' }, { code: 'lost' }],
  ],
];

describe('only what fits was said by the platform', () => {
  test.each(cases)('%s', (_name, shape, whole, fits, not) => {
    const bytes = (value: object) => Buffer.from(JSON.stringify(value));
    for (const change of [{}, ...fits]) {
      const value = { ...whole, ...change };
      expect(readJson(bytes(value), shape), JSON.stringify(change)).toEqual(value);
    }
    for (const change of not) {
      expect(shape.safeParse({ ...whole, ...change }).success, JSON.stringify(change)).toBe(false);
    }
    for (const name of Object.keys(whole)) {
      const { [name as keyof typeof whole]: _, ...rest } = whole;
      expect(readJson(bytes(rest), shape), `without ${name}`).toBeUndefined();
    }
  });

  test('a state of a case that a later version may know is none, and the rest of the answer counts', () => {
    const page = { ...feedPage, events: [{ ...event, state: 'lost' }, event] };
    expect(feed.parse(page)).toEqual({ ...page, events: [{ ...event, state: undefined }, event] });
    expect(receiptVerification.parse({ ...verified, state: 'lost' })).toEqual(verified);
  });

  test('what is not JSON in UTF-8 is nobody’s word', () => {
    expect(readJson(Buffer.from('<html>'), heartbeatReceived)).toBeUndefined();
    expect(readJson(Buffer.from(''), heartbeatReceived)).toBeUndefined();
    const broken = Buffer.concat([
      Buffer.from('{"nonce":"'),
      Buffer.from([0xff]),
      Buffer.from(`","serverTime":"${TIME}"}`),
    ]);
    expect(readJson(broken, signedTime)).toBeUndefined();
  });
});

test.each([
  { cursor: -1 },
  { receiptNumber: 1 },
  { submissionId: 'x' },
  { state: 5 },
  { caseNumber: 'C'.repeat(101) },
  { at: 'noon' },
])('an event of the feed with %j is passed by, and no other with it', (change) => {
  const events = [{ ...event, ...change }, null, event];
  expect(feed.parse({ ...feedPage, events })).toEqual(feedPage);
});
