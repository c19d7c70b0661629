import type { Naming } from './places.ts';

interface Names {
  readonly given: readonly string[];
  readonly family: readonly string[];
  /** How the two make a name. */
  readonly whole: (given: string, family: string) => string;
}

const familyFirst = (given: string, family: string): string => `${family}${given}`;
const familyLast = (given: string, family: string): string => `${given} ${family}`;

/** Names that people bear, made up of frequent ones. */
export const names: Readonly<Record<Naming, Names>> = {
  zh: {
    family: [...'王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹', '欧阳', '司马'],
    given:
      '晓雯 建国 思远 雨桐 子轩 丽华 志强 秀英 明 静 伟 芳 若溪 浩然 嘉怡 文博 一诺 佳宁 春生 国栋 慧 磊 雪梅 云帆 念慈 瑞 安琪 少华 玉兰 凯'.split(
        ' ',
      ),
    whole: familyFirst,
  },
  ja: {
    family: '佐藤 鈴木 高橋 田中 渡辺 伊藤 山本 中村 小林 加藤'.split(' '),
    given: '陽菜 蓮 結衣 大翔 葵 翔太 さくら 健一 美咲 隆'.split(' '),
    whole: (given, family) => `${family} ${given}`,
  },
  ko: { family: '김 이 박 최 정 강'.split(' '), given: '서연 민준 지우 하은 도윤 수빈'.split(' '), whole: familyFirst },
  de: {
    family: 'Schröder Petersen Köhler Hansen Weiß Brandt Vogel Lorenz Böhm Seidel'.split(' '),
    given: 'Annika Jörg Mareike Thorsten Heike Lukas Silke Bernd Jule Matthias'.split(' '),
    whole: familyLast,
  },
  en: {
    family: 'Carter Whitfield Morgan Okafor Bennett Hughes Fletcher Doyle Ramsey Holloway'.split(' '),
    given: 'Alice Graham Naomi Trevor Priscilla Owen Maya Stuart Imogen Desmond'.split(' '),
    whole: familyLast,
  },
  fr: {
    family: 'Lefèvre Moreau Girard Chevalier Roussel Fontaine'.split(' '),
    given: 'Élodie Mathieu Chloé Étienne Amélie Benoît'.split(' '),
    whole: familyLast,
  },
  es: {
    family: 'Ibáñez Navarro Castillo Muñoz Herrera Serrano'.split(' '),
    given: 'Lucía Álvaro Inés Raúl Carmen Iván'.split(' '),
    whole: familyLast,
  },
  pt: { family: 'Araújo Conceição Teixeira Barbosa Magalhães'.split(' '), given: 'João Beatriz Antônio Luísa Caetano'.split(' '), whole: familyLast },
  hi: { family: 'Deshmukh Iyer Kulkarni Nair Bhatt'.split(' '), given: 'Aarav Meera Rohan Kavita Vikram'.split(' '), whole: familyLast },
};

const chinese = {
  words: '清和 山月 松风 云起 半亩 听雨 古道 南园 一叶 春台 竹里 墨香 鹿鸣 沐野 拾光'.split(' '),
  ends: '茶业有限公司 茶馆 酒店管理有限公司 商贸有限公司 文化传播有限公司 食品有限公司 书院'.split(' '),
};
const latin = {
  words: 'Harbour Linden Juniper Quayside Camellia Northwind Meridian Alder Saffron Lantern'.split(' '),
  ends: {
    de: 'Teekontor GmbH',
    fr: 'Maison de Thé SARL',
    es: 'Tés y Cafés S.L.',
    pt: 'Chás Ltda.',
    hi: 'Tea Traders Pvt Ltd',
    en: 'Tea & Provisions Ltd',
  },
} as const;

const japanese = '翠 山吹 若葉 朝霧 八重 千歳'.split(' ');
const korean = '한결 다온 고운 새벽 차오름'.split(' ');

/** Words that an organisation's name is made of. */
export const organisationWords = (naming: Naming): readonly string[] =>
  ({ zh: chinese.words, ja: japanese, ko: korean })[naming as 'zh' | 'ja' | 'ko'] ?? latin.words;

/** What an organisation calls itself. */
export const organisationName = (naming: Naming, city: string, word: string, end: number): string => {
  if (naming === 'zh') return `${city}${word}${chinese.ends[end % chinese.ends.length]}`;
  if (naming === 'ja') return `株式会社${word}園`;
  if (naming === 'ko') return `주식회사 ${word}`;
  return `${word} ${latin.ends[naming]}`;
};
