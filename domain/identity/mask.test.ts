import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskAddress, maskBankCard, maskIdNumber, maskMobile, maskValue } from './mask.ts';

describe('masking', () => {
  it('keeps of an id number the first three and the last two', () => {
    expect(maskIdNumber('50019919410305001X')).toBe('500*************1X');
  });

  it('keeps of a telephone number the first three and the last four', () => {
    expect(maskMobile('13800000001')).toBe('138****0001');
  });

  it('keeps of a bank card the last four', () => {
    expect(maskBankCard('6200 0000 0000 0000 123')).toBe('***************0123');
  });

  it.each([
    ['重庆市铜梁区巴川街道龙门街1号附2号', '重庆市铜梁区巴川街道***'],
    ['重庆市铜梁区安居镇会龙村3组12号', '重庆市铜梁区安居镇***'],
    ['江西省景德镇市珠山区新厂街道1号', '江西省景德镇市珠山区新厂街道***'],
    ['贵州省黔东南苗族侗族自治州雷山县西江镇1号', '贵州省黔东南苗族侗族自治州雷山县西江镇***'],
    ['重庆市铜梁区龙门街1号', '重庆市铜梁区***'],
    ['1号楼', '***'],
    ['', ''],
  ])('shows of %s down to its town: %s', (address, masked) => {
    expect(maskAddress(address)).toBe(masked);
  });

  it('hides all of a text that is too short to hide a part of', () => {
    expect(maskIdNumber('12345')).toBe('*****');
    expect(maskBankCard('1234')).toBe('****');
  });

  it('does what the mask of a field says', () => {
    expect(maskValue('none', '张三')).toBe('张三');
    expect(maskValue('name', '张三')).toBe('张*');
    expect(maskValue('mobile', '13800000001')).toBe('138****0001');
  });

  it('never throws and never shows a whole number', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        maskAddress(text);
        if (text.trim() !== '') expect(maskIdNumber(text)).toContain('*');
      }),
    );
  });
});
