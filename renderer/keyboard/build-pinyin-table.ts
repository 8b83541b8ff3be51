import { pinyin } from 'pinyin-pro';
import type { PinyinTable } from './ime.ts';

/** The characters people write most, most frequent first; the rest follows in the order of GB 2312. */
const FREQUENT =
  '的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严李刘陈杨赵黄吴徐孙胡朱郭何罗宋郑谢韩唐冯董萧曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文村镇乡组街道巷栋幢楼室弄单坪坝湾沟桥岩冲寨坡岭庙园苑庄店塘河溪井垭';

/** The commonest surnames: a name begins with one. */
const SURNAMES =
  '王张李刘陈杨赵黄吴徐孙胡朱郭何罗宋郑谢韩唐冯董萧曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文';

/** What is written often in addresses and about work. */
const WORDS =
  '社区 小区 花园 村委会 居委会 街道 单元 大道 中路 东路 西路 南路 北路 新村 市场 学校 医院 广场 车站 公司 有限公司 工厂 机械厂 服装厂 食品厂 电子厂 制造 建筑 工地 超市 饭店 酒店 餐馆 物业 家政 保洁 保洁员 保安 厨师 司机 驾驶员 服务员 收银员 营业员 售货员 普工 木工 电工 焊工 泥工 油漆工 钳工 车工 缝纫 快递 快递员 外卖 护工 月嫂 保姆 会计 文员 教师 护士 医生 仓库 搬运 装修 种植 养殖 农业 合作社 都可以 没有 不限 临时工 门卫 清洁 修理 维修 汽车 电商 销售 客服 重庆 铜梁 四川 成都 北京 上海 广东 深圳'.split(
    ' ',
  );

function gb2312(): readonly string[] {
  const decoder = new TextDecoder('gb18030');
  const characters: string[] = [];
  for (let row = 0xb0; row <= 0xf7; row += 1) {
    for (let cell = 0xa1; cell <= 0xfe; cell += 1) {
      const character = decoder.decode(Uint8Array.of(row, cell));
      if (/^\p{Script=Han}$/u.test(character)) characters.push(character);
    }
  }
  return characters;
}

const readings = (character: string): readonly string[] => [
  ...new Set(
    pinyin(character, { toneType: 'none', type: 'array', multiple: true, v: true }).map((reading) =>
      reading.replaceAll('ü', 'v'),
    ),
  ),
];

/** Makes the table of the pinyin keyboard. Runs when the page is built; takes about a second. */
export function buildPinyinTable(): PinyinTable {
  const characters: Record<string, string> = {};
  for (const character of new Set([...Array.from(FREQUENT), ...gb2312()])) {
    for (const reading of readings(character)) {
      if (/^[a-z]+$/.test(reading)) characters[reading] = (characters[reading] ?? '') + character;
    }
  }
  const words = WORDS.map((word): readonly [string, string] => [
    pinyin(word, { toneType: 'none', type: 'array', v: true }).join(' '),
    word,
  ]);
  return { characters, words, surnames: SURNAMES };
}
