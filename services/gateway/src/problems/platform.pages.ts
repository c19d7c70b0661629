import { page, type Pages } from './page.js';

/** Who may, what moved meanwhile, and what is wrong on our side. */
export const platformPages: Pages = {
  unauthenticated: page(
    [
      'A valid bearer token is needed',
      'The request has no token, or one that is expired, not ours or not readable. Which of these is not said.',
      'Get a fresh access token and send it as `Authorization: Bearer …`.',
    ],
    [
      '需要有效的访问令牌',
      '请求没有令牌，或令牌已过期、非本系统签发或无法读取；具体原因不予说明。',
      '请获取新的访问令牌，并以 `Authorization: Bearer …` 发送。',
    ],
  ),
  forbidden: page(
    [
      'This is not allowed',
      'The token is good, but none of its roles may do this.',
      'Ask for the role that the task needs, or let somebody who has it do it.',
    ],
    ['没有权限', '令牌有效，但其角色均无权执行此操作。', '请申请所需角色，或由有权限的人员操作。'],
  ),
  'service-unknown': page(
    ['There is no such service', 'The address names a service that this installation does not have.', 'Use a service that /health/ready names.'],
    ['服务不存在', '地址中的服务不属于本系统。', '请使用 /health/ready 中列出的服务。'],
  ),
  'too-much-at-once': page(
    [
      'Too much at once',
      'More is being asked than can be done in time, so this request was not begun.',
      'Try again after the seconds in `Retry-After`, with the same Idempotency-Key. Large amounts belong in the batch door, which waits by itself.',
    ],
    ['请求过多', '当前请求超出处理能力，本请求尚未开始执行。', '请在 `Retry-After` 秒后用同一幂等键重试；大量数据请使用批量接口，它会自动等待。'],
  ),
  overloaded: page(
    [
      'Too many commands wait to be written',
      'The service has more commands than it can write in time, so this one was not begun.',
      'Try again after the seconds in `Retry-After`, with the same Idempotency-Key.',
    ],
    ['等待写入的命令过多', '服务的命令积压超出写入能力，本命令尚未开始执行。', '请在 `Retry-After` 秒后用同一幂等键重试。'],
  ),
  'service-unavailable': page(
    [
      'The service cannot be reached',
      'The service that does this is not there at the moment. The command may have been done.',
      'Try again after the seconds in `Retry-After` with the same Idempotency-Key: nothing is done twice.',
    ],
    ['服务暂不可用', '负责此操作的服务暂时无法访问，命令可能已执行。', '请在 `Retry-After` 秒后用同一幂等键重试，不会重复执行。'],
  ),
  'history-unavailable': page(
    [
      'The history cannot be reached',
      'The service runs, but its database does not answer. The command may have been done.',
      'Try again after the seconds in `Retry-After` with the same Idempotency-Key: nothing is done twice.',
    ],
    ['历史记录暂不可用', '服务在运行，但其数据库没有响应，命令可能已执行。', '请在 `Retry-After` 秒后用同一幂等键重试，不会重复执行。'],
  ),
  'newer-history': page(
    [
      'The history is newer than this program',
      'The history holds events that this release does not know, so it decides nothing about them.',
      'Install the newer release. Nothing is lost meanwhile.',
    ],
    ['历史记录比程序新', '历史中含有当前版本不认识的事件，因此不作任何判断。', '请安装较新的版本；数据不会丢失。'],
  ),
  stopping: page(
    [
      'The service is about to stop',
      'The service is being stopped or restarted; this request was not begun.',
      'Try again after the seconds in `Retry-After`, with the same Idempotency-Key.',
    ],
    ['服务正在停止', '服务正在停止或重启，本请求尚未开始执行。', '请在 `Retry-After` 秒后用同一幂等键重试。'],
  ),
  timeout: page(
    [
      'No answer in time',
      'The service did not answer in time. The command may have been done.',
      'Try again with the same Idempotency-Key: if it was done, the first answer comes back.',
    ],
    ['响应超时', '服务未及时响应，命令可能已执行。', '请用同一幂等键重试；若已执行，将返回第一次的答复。'],
  ),
  'not-served': page(
    [
      'The service does not know this call yet',
      'Gateway and service are of different releases at the moment.',
      'Try again in a minute; if it stays, tell the operator.',
    ],
    ['服务尚不支持此调用', '网关与服务的版本暂时不一致。', '请稍后重试；若持续出现，请联系运维人员。'],
  ),
  'keys-unavailable': page(
    [
      'Tokens cannot be checked at the moment',
      'The keys of the token issuer cannot be had.',
      'Try again after the seconds in `Retry-After`; if it stays, tell the operator.',
    ],
    ['暂时无法校验令牌', '无法取得令牌签发方的公钥。', '请在 `Retry-After` 秒后重试；若持续出现，请联系运维人员。'],
  ),
  internal: page(
    [
      'Something went wrong here',
      'The fault is on our side. The command may have been done.',
      'Try again with the same Idempotency-Key. If it stays, tell the operator the `traceId`.',
    ],
    ['系统内部错误', '错误在我们一方，命令可能已执行。', '请用同一幂等键重试；若持续出现，请把 `traceId` 告知运维人员。'],
  ),
};
