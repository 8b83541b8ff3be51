import type { LocalizedText } from '../../domain/text.ts';

/** Tongliang District: the district itself, 5 subdistricts and 23 towns, by their GB/T 2260 and 10114 codes. */
const TABLE = `
500151001 巴川街道 Bachuan Subdistrict
500151002 东城街道 Dongcheng Subdistrict
500151003 南城街道 Nancheng Subdistrict
500151004 蒲吕街道 Pulü Subdistrict
500151005 旧县街道 Jiuxian Subdistrict
500151101 土桥镇 Tuqiao Town
500151103 二坪镇 Erping Town
500151104 水口镇 Shuikou Town
500151105 安居镇 Anju Town
500151106 白羊镇 Baiyang Town
500151107 平滩镇 Pingtan Town
500151108 小林镇 Xiaolin Town
500151109 双山镇 Shuangshan Town
500151110 虎峰镇 Hufeng Town
500151111 石鱼镇 Shiyu Town
500151112 福果镇 Fuguo Town
500151113 庆隆镇 Qinglong Town
500151114 少云镇 Shaoyun Town
500151115 维新镇 Weixin Town
500151116 高楼镇 Gaolou Town
500151117 大庙镇 Damiao Town
500151118 围龙镇 Weilong Town
500151119 华兴镇 Huaxing Town
500151120 永嘉镇 Yongjia Town
500151121 安溪镇 Anxi Town
500151122 西河镇 Xihe Town
500151123 侣俸镇 Lüfeng Town
500151124 太平镇 Taiping Town
`;

/** The district that the demo catalogue is for. */
export const REGION = {
  code: '500151',
  name: { zh: '重庆市铜梁区', en: 'Tongliang District, Chongqing' },
} as const satisfies { readonly code: string; readonly name: LocalizedText };

/** Subdistricts and towns of the district. */
export const TOWNS: readonly { readonly code: string; readonly name: LocalizedText }[] =
  TABLE.trim()
    .split('\n')
    .map((line) => {
      const [code = '', zh = '', ...en] = line.split(' ');
      return { code, name: { zh, en: en.join(' ') } };
    });

/** The district and its subdistricts and towns. */
export const DIVISIONS: typeof TOWNS = [
  { code: REGION.code, name: { zh: '铜梁区', en: 'Tongliang District' } },
  ...TOWNS,
];
