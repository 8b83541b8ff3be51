/** Pinyin of the names in the demo catalogue. Written by write-search-keys.ts, not by hand. */
export const SEARCH_KEYS: Readonly<Record<string, string>> = {
  买养老保险: 'mai yang lao bao xian',
  办农保: 'ban nong bao',
  参加居民养老保险: 'can jia ju min yang lao bao xian',
  困难残疾人生活补贴和重度残疾人护理补贴资格认定申请:
    'kun nan can ji ren sheng huo bu tie he zhong du can ji ren hu li bu tie zi ge ren ding shen qing',
  城乡居民基本养老保险参保登记: 'cheng xiang ju min ji ben yang lao bao xian can bao deng ji',
  失业登记: 'shi ye deng ji',
  失业证: 'shi ye zheng',
  就业创业证: 'jiu ye chuang ye zheng',
  居民社保登记: 'ju min she bao deng ji',
  护理补贴: 'hu li bu tie',
  残疾人两项补贴: 'can ji ren liang xiang bu tie',
  残疾人补助: 'can ji ren bu zhu',
  残补: 'can bu',
  没工作登记: 'mei gong zuo deng ji',
  登记失业: 'deng ji shi ye',
};
