import { describe, expect, it } from 'vitest';
import type { ReadSecurityCard } from '../../../domain/envelope/body.ts';
import { securityCardPart } from './security-card-part.ts';

const READ: ReadSecurityCard = {
  card: { number: '500199196609090011', name: '<张三丰>', validTo: '20391231' },
  doubts: ['expired'],
  readAt: '2026-11-23T02:00:00.000Z',
  authenticated: false,
};

describe('what a clerk sees of a social security card', () => {
  it('says first that no security module proved it, then what was read and what does not fit', () => {
    const page = securityCardPart(READ).safe;
    expect(page).toContain('读卡取得，未经安全模块验证');
    expect(page).toContain('not proved by a security module');
    expect(page).toContain('500199196609090011');
    expect(page).toContain('2039-12-31');
    expect(page).toContain('社保卡已过期');
    expect(page).toContain('卡里没有 not on the card');
    expect(page).not.toContain('<张三丰>');
  });

  it('does not say so of a card that a module has proved', () => {
    expect(securityCardPart({ ...READ, authenticated: true }).safe).not.toContain('未经');
  });
});
