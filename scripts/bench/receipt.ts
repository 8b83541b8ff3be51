import { byHand, REFERENCE_RECEIPT } from '../../drivers/receipt-printer/floor-support.ts';
import { encodeReceipt } from '../../drivers/receipt-printer/escpos-encoder.ts';
import { PROFILES } from '../../drivers/receipt-printer/profile.ts';
import { installPeers, loadPeer } from './peers.ts';
import type { Bench, BenchRow } from './row.ts';
import { percentile } from './row.ts';

const ROUNDS = 300;

/** The same receipt in the markup of receiptline, set to ESC/POS and GB 18030. */
function markup(): string {
  const plain = (text: string): string => text.replaceAll(/[|\\{}"^_~-]/g, (sign) => `\\${sign}`);
  return REFERENCE_RECEIPT.blocks
    .map((block) => {
      switch (block.type) {
        case 'text': {
          const bold = block.bold === true ? '"' : '';
          const size = block.size === 2 ? '^^^' : '';
          const text = `${bold}${size}${plain(block.text)}${size}${bold}`;
          return block.align === 'center' ? text : `|${text}`;
        }
        case 'pair':
          return `|${plain(block.label)} | ${plain(block.value)}|`;
        case 'rule':
          return '-';
        case 'qr':
          return `{code:${block.data};option:qrcode,4,m}`;
        default:
          return '';
      }
    })
    .join('\n');
}

async function receiptline(): Promise<{ ms: number; bytes: number } | undefined> {
  if (!installPeers()) return undefined;
  const { default: peer } = (await loadPeer('receiptline')) as {
    default: { transform(document: string, printer: object): string };
  };
  const printer = { cpl: 48, encoding: 'gb18030', command: 'escpos', spacing: false };
  const document = markup();
  const took: number[] = [];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    bytes = peer.transform(document, printer).length;
    took.push(performance.now() - start);
  }
  return { ms: percentile(took, 0.5), bytes };
}

async function measure(): Promise<readonly BenchRow[]> {
  const took: number[] = [];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    const pieces = await encodeReceipt(REFERENCE_RECEIPT, PROFILES.generic80);
    took.push(performance.now() - start);
    bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  }
  const median = percentile(took, 0.5);
  const wire = (bytes * 10_000) / 115_200;
  const floor = byHand().length;
  const peer = await receiptline();
  if (peer === undefined) console.log('NOT RUN: receiptline beside our receipt: not installed');
  return [
    {
      what: 'receipt of 80 mm: encode',
      ours: `${median.toFixed(3)} ms`,
      limit: `wire ${wire.toFixed(1)} ms at 115200`,
      ratio: median / wire,
      goal: 0.01,
    },
    {
      what: 'the same: bytes',
      ours: `${String(bytes)} bytes`,
      limit: `by hand ${String(floor)} bytes`,
      ratio: bytes / floor,
      goal: 1.05,
    },
    ...(peer === undefined
      ? []
      : [
          {
            what: 'peer receiptline: encode',
            ours: `${peer.ms.toFixed(3)} ms`,
            limit: `wire ${wire.toFixed(1)} ms at 115200`,
            ratio: peer.ms / wire,
          },
          {
            what: 'the same: bytes',
            ours: `${String(peer.bytes)} bytes`,
            limit: `by hand ${String(floor)} bytes`,
            ratio: peer.bytes / floor,
          },
        ]),
  ];
}

/** What making a receipt costs beside sending it, and its bytes beside the fewest there can be. */
export const receiptRows: Bench = { name: 'receipt', obstacle: () => undefined, measure };
