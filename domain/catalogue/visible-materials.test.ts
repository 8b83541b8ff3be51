import { describe, expect, it } from 'vitest';
import { demoCatalogue } from '../../kiosk-config/index.ts';
import type { MaterialCapture } from './catalogue.ts';
import { materialHandling, missingMaterials, visibleMaterials } from './visible-materials.ts';

const { services } = demoCatalogue();
const service = (id: string) => services.find((candidate) => candidate.id === id)!;
const subsidy = service('disability-subsidy');
const ids = (materials: readonly { readonly id: string }[]): string[] =>
  materials.map(({ id }) => id);

describe('materials of an application', () => {
  it('come and go with the answers', () => {
    expect(ids(visibleMaterials(subsidy, { kinds: ['care'], isProxy: false }))).toEqual([
      'idcard',
      'discert',
      'bankcard',
      'form',
    ]);
    expect(ids(visibleMaterials(subsidy, { kinds: ['life'], isProxy: true }))).toEqual([
      'idcard',
      'discert',
      'relief',
      'bankcard',
      'poa',
      'proxyIdcard',
      'form',
    ]);
  });

  it('are missing until given; what the platform verifies is never asked of anybody', () => {
    const answers = { kinds: ['life'], isProxy: false };
    expect(ids(missingMaterials(subsidy, answers, new Set(['idcard', 'form'])))).toEqual([
      'discert',
      'bankcard',
    ]);
    const all = new Set(['idcard', 'form', 'discert', 'bankcard']);
    expect(missingMaterials(subsidy, answers, all)).toEqual([]);
  });

  it('of a group any one is enough', () => {
    const register = service('unemployment-reg');
    expect(ids(missingMaterials(register, {}, new Set()))).toEqual(['idcard', 'sscard']);
    expect(missingMaterials(register, {}, new Set(['sscard']))).toEqual([]);
  });

  it('are never missing when they may be handed in later', () => {
    const materials = subsidy.materials.map((each) => ({ ...each, necessity: 3 as const }));
    expect(missingMaterials({ ...subsidy, materials }, {}, new Set())).toEqual([]);
  });
});

describe('how a material is to be had here', () => {
  const handling = (id: string, ...here: MaterialCapture[]) => {
    const found = [...subsidy.materials, ...service('pension-enroll').materials].find(
      (material) => material.id === id,
    )!;
    return materialHandling(found, new Set(here));
  };

  it('is the first of its ways that this terminal has now', () => {
    expect(handling('discert', 'scan', 'readCard')).toBe('scan');
    expect(handling('discert', 'scan', 'fetch')).toBe('platform');
    expect(handling('idcard', 'scan', 'readCard')).toBe('readCard');
    expect(handling('form', 'generate')).toBe('generate');
  });

  it('is the platform’s matter when fetching is its only way, online or not', () => {
    expect(handling('relief')).toBe('platform');
  });

  it('is no dead end without a scanner: a commitment stands in, or it is told that it must be elsewhere', () => {
    expect(handling('household', 'readCard')).toBe('commitment');
    expect(handling('discert', 'readCard')).toBe('elsewhere');
  });
});
