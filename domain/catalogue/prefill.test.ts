import { describe, expect, it } from 'vitest';
import { demoCatalogue } from '../../kiosk-config/index.ts';
import type { IdCardData } from '../identity/card.ts';
import { isEditable, prefill, withAnswer } from './prefill.ts';

const { services } = demoCatalogue();
const formOf = (id: string) => services.find((service) => service.id === id)!.form;

const card: IdCardData = {
  kind: 'resident',
  name: '陈䶮',
  sex: '1',
  nationCode: '15',
  birthDate: '19920118',
  address: '重庆市铜梁区巴川街道某村1组',
  idNumber: '500199199201180033',
  issuer: '铜梁区公安局',
  validFrom: '20200101',
  validTo: '20400101',
};

const daughter: IdCardData = { ...card, name: '龚小兰', sex: '2', idNumber: '500199196907120020' };

describe('prefill', () => {
  it('takes from the card what the card has and says where each answer came from', () => {
    const { answers, sources } = prefill(formOf('pension-enroll'), { applicant: card });
    expect(answers).toEqual({
      name: '陈䶮',
      idNo: '500199199201180033',
      gender: '1',
      nation: '15',
      birthDate: '1992-01-18',
      hukouAddress: '重庆市铜梁区巴川街道某村1组',
    });
    expect(sources).toEqual({
      name: 'card.name',
      idNo: 'card.idNumber',
      gender: 'card.sex',
      nation: 'card.nationCode',
      birthDate: 'computed.idNo',
      hukouAddress: 'card.address',
    });
  });

  it('keeps a private-use character of an old card as it is', () => {
    const old = { ...card, name: '陈\ue863' };
    expect(prefill(formOf('unemployment-reg'), { applicant: old }).answers['name']).toBe(
      '陈\ue863',
    );
  });

  it('fills the part of each person from their own card', () => {
    const { answers } = prefill(formOf('disability-subsidy'), { applicant: card, proxy: daughter });
    expect(answers['name']).toBe('陈䶮');
    expect(answers['proxyName']).toBe('龚小兰');
    expect(answers['proxyIdNo']).toBe('500199196907120020');
    expect(prefill(formOf('disability-subsidy'), { applicant: card }).answers['proxyName']).toBe(
      undefined,
    );
  });

  it('fills in defaults without claiming a source', () => {
    const { answers, sources } = prefill(formOf('disability-subsidy'), {});
    expect(answers).toEqual({ isProxy: false });
    expect(sources).toEqual({});
  });

  it('leaves open what the field cannot hold', () => {
    const unknown: IdCardData = { ...card, sex: '0', nationCode: '58', address: '' };
    const { answers } = prefill(formOf('pension-enroll'), { applicant: unknown });
    expect(answers).not.toHaveProperty('gender');
    expect(answers).not.toHaveProperty('nation');
    expect(answers).not.toHaveProperty('hukouAddress');
  });

  it('uses the Latin name and the birth date of a foreigner’s card of 2017, whose number has no century', () => {
    const foreigner: IdCardData = {
      kind: 'foreigner2017',
      name: '',
      latinName: 'EMMA JOHNSON',
      sex: '2',
      nationality: 'GBR',
      birthDate: '19850615',
      idNumber: 'GBR110085061501',
      validFrom: '20200101',
      validTo: '20300101',
    };
    const { answers, sources } = prefill(formOf('unemployment-reg'), { applicant: foreigner });
    expect(answers['name']).toBe('EMMA JOHNSON');
    expect(answers['birthDate']).toBe('1985-06-15');
    expect(sources['birthDate']).toBe('card.birthDate');
  });
});

describe('computed answers', () => {
  const form = formOf('disability-subsidy');

  it('follow their base at once', () => {
    const first = withAnswer(form, {}, 'disabilityCertNo', '50019919850926004342');
    expect(first).toMatchObject({ disabilityType: '4', disabilityLevel: '2' });
    const second = withAnswer(form, first, 'disabilityCertNo', '50019919850926004311');
    expect(second).toMatchObject({ disabilityType: '1', disabilityLevel: '1' });
  });

  it('go when their base no longer holds them: better empty than wrong', () => {
    const first = withAnswer(form, {}, 'idNo', '500199198509260043');
    expect(first['birthDate']).toBe('1985-09-26');
    expect(withAnswer(form, first, 'idNo', '50019919')).toEqual({ idNo: '50019919' });
    expect(withAnswer(form, first, 'idNo', undefined)).toEqual({});
  });

  it('are locked while they can be computed, and never locked and empty', () => {
    expect(isEditable(form, 'birthDate', { idNo: '500199198509260043' })).toBe(false);
    expect(isEditable(form, 'birthDate', { idNo: 'GBR110085061501' })).toBe(true);
    expect(isEditable(form, 'birthDate', {})).toBe(true);
    expect(isEditable(form, 'name', { name: '陈䶮' })).toBe(true);
    expect(isEditable(form, 'nothing', {})).toBe(false);
  });
});
