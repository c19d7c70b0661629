import type { FileRegistry } from '@bufbuild/protobuf';
import type { Comments } from './openapi.js';
import { registry } from './services.js';

/** What happened, in words, by the event's full name: `An order was recorded · 订单已登记`. */
export type Titles = Readonly<Record<string, string>>;

/** The first sentence of a comment, and its Chinese term where it ends with one. */
export const titleOf = (comment: string): string => {
  const [, words = '', term = ''] = /^(.*?)\s*(\p{Script=Han}[^a-z]*)?$/su.exec(comment.replaceAll(/\s+/g, ' ')) ?? [];
  const [sentence = ''] = words.split(/(?<=[.?!;])\s/);
  return [sentence.replace(/[.;]$/, ''), term.trim()].filter(Boolean).join(' · ');
};

/** The titles of all events. @param files the contracts with their comments, from an image of `buf build` */
export const titlesOf = (files: FileRegistry, commentOf: Comments): Titles => {
  const ours = [...files.files].filter((it) => it.proto.package.startsWith('guanxi.'));
  return Object.fromEntries([...registry(ours).events].map(([type, { desc }]) => [type, titleOf(commentOf(desc)) || desc.name]));
};
