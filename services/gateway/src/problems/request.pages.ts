import { page, type Pages } from './page.js';

/** What can be wrong with a request before any rule of the business is asked. */
export const requestPages: Pages = {
  unreadable: page(
    [
      'The request cannot be read',
      'The body, or one line of a batch, is not one JSON object in UTF-8, or it is nested too deeply.',
      'Send one JSON object as the API reference shows it. Check quotes, commas and the encoding.',
    ],
    [
      '无法读取请求',
      '请求正文（或批量中的一行）不是一个 UTF-8 编码的 JSON 对象，或嵌套过深。',
      '请按 API 文档发送一个 JSON 对象，并检查引号、逗号和编码。',
    ],
  ),
  'repeated-key': page(
    ['A key is given twice', 'An object of the request names the same key twice. Which value is meant cannot be known.', 'Give every key once.'],
    ['键重复', '请求中的某个对象两次使用了同一个键，无法判断以哪个值为准。', '每个键只写一次。'],
  ),
  'unknown-field': page(
    [
      'Unknown field',
      'The request names a field that the contract does not have. `errors` says which one.',
      'Compare the spelling with the API reference; names are camelCase, or as in the proto files. Leave out what the reference does not list.',
    ],
    ['未知字段', '请求中含有契约里没有的字段，`errors` 指出是哪一个。', '请对照 API 文档检查拼写（camelCase 或 proto 名称），删去文档中没有的字段。'],
  ),
  'filter-unknown': page(
    [
      'Unknown query parameter',
      'The query names a filter or parameter that this address does not have.',
      'Use the parameters that the API reference lists for this address.',
    ],
    ['未知查询参数', '查询中含有该地址不支持的筛选条件或参数。', '请只使用 API 文档为该地址列出的参数。'],
  ),
  'order-by-unknown': page(
    [
      'Unknown order',
      '`orderBy` names a field by which this list cannot be ordered.',
      'Use a field that the API reference names for this list, alone or followed by ` desc`.',
    ],
    ['未知排序字段', '`orderBy` 指定了该列表不支持的排序字段。', '请使用 API 文档列出的字段，可在其后加 ` desc`。'],
  ),
  'page-token-unknown': page(
    [
      'Unknown page token',
      'The page token was not given out by this list, or the filters or the order changed since.',
      'Begin again without `pageToken`, and keep filters and order the same from page to page.',
    ],
    ['页标记无效', '该页标记不是由此列表发出，或筛选、排序条件已改变。', '请去掉 `pageToken` 重新开始，翻页时保持条件不变。'],
  ),
  'invalid-request': page(
    [
      'A value is not valid',
      'The request can be read, but one or more values break a rule of the contract: a length, a pattern, a needed field, a time without a zone. `errors` lists field, rule and reason.',
      'Correct each field that `errors` names and send the request again.',
    ],
    [
      '值无效',
      '请求可以读取，但一个或多个值违反契约规则（长度、格式、必填、时间缺少时区等）。`errors` 列出字段、规则和原因。',
      '请更正 `errors` 中列出的每个字段后重新发送。',
    ],
  ),
  'idempotency-key-invalid': page(
    [
      'The idempotency key is not valid',
      'An idempotency key has 1 to 200 characters.',
      'Send a key of that length, one a command; a UUID does well.',
    ],
    ['幂等键无效', '幂等键的长度为 1 至 200 个字符。', '请为每条命令使用符合长度的键，例如 UUID。'],
  ),
  'idempotency-key-missing': page(
    [
      'A batch line needs an idempotency key',
      'Every line of a batch carries `idempotencyKey`, so that the whole batch can be sent again without doing anything twice.',
      'Give each line its own key of 1 to 200 characters, the same one whenever that line is sent again.',
    ],
    [
      '批量行缺少幂等键',
      '批量中的每一行都必须带 `idempotencyKey`，这样整批重发也不会重复执行。',
      '请为每行设置各自的键（1 至 200 个字符），重发该行时使用同一个键。',
    ],
  ),
  'idempotency-key-reused': page(
    [
      'The idempotency key was used for another request',
      'The same caller has already used this key for a command with other content. Nothing was done now.',
      'Use a new key for a new command. To repeat a command, send exactly the same request.',
    ],
    ['幂等键已用于其他请求', '同一调用者已用此键发送过内容不同的命令，本次未执行。', '新命令请使用新键；若要重发，请保持请求内容完全一致。'],
  ),
  'if-match-invalid': page(
    [
      'If-Match cannot be read',
      '`If-Match` holds one version in quotes, as an `ETag` gave it: `"7"`.',
      'Send the `ETag` of your last read or command, unchanged, or leave the header out.',
    ],
    ['If-Match 无法读取', '`If-Match` 应为带引号的版本号，与 `ETag` 一致，例如 `"7"`。', '请原样发送上次得到的 `ETag`，或不发送该请求头。'],
  ),
  'command-unknown': page(
    [
      'Unknown command',
      'The line names a command that this installation does not have.',
      'Use the full name from the contracts: `guanxi.accounts.v1.RegisterAccount`.',
    ],
    ['未知命令', '该行指定了本系统没有的命令。', '请使用契约中的完整名称，例如 `guanxi.accounts.v1.RegisterAccount`。'],
  ),
  'no-such-address': page(
    ['There is nothing at this address', 'No part of the API has this address.', 'Compare the address with the API reference at /docs.'],
    ['地址不存在', 'API 中没有这个地址。', '请对照 /docs 的 API 文档检查地址。'],
  ),
  'method-not-allowed': page(
    [
      'This address does not take this method',
      'The address exists, but not for this HTTP method. The `Allow` header lists those it takes.',
      'Use one of the methods in `Allow`; commands are POST, questions are GET.',
    ],
    ['该地址不支持此方法', '地址存在，但不支持该 HTTP 方法，`Allow` 响应头列出可用的方法。', '请使用 `Allow` 中的方法：命令用 POST，查询用 GET。'],
  ),
  'too-large': page(
    ['Too large', 'A body, or one line of a batch, has at most 262,144 bytes.', 'Send less at once. A batch may have any number of lines.'],
    ['内容过大', '请求正文或批量中的一行最多 262,144 字节。', '请减少单次内容；批量的行数不受限制。'],
  ),
  'media-type-unsupported': page(
    [
      'This content type is not taken',
      'Commands are `application/json`, the batch door takes `application/x-ndjson`, both uncompressed.',
      'Set `Content-Type` accordingly and leave out `Content-Encoding`.',
    ],
    [
      '不支持的内容类型',
      '命令使用 `application/json`，批量接口使用 `application/x-ndjson`，均不压缩。',
      '请正确设置 `Content-Type`，不要使用 `Content-Encoding`。',
    ],
  ),
};
