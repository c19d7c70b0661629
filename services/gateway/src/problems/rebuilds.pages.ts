import { page, type Pages } from './page.js';

/** Folding a view anew, beside the one that is read. */
export const rebuildsPages: Pages = {
  'view-unknown': page(
    [
      'The service has no such view',
      'The address names a view that this service does not have.',
      'Take a name from `GET /v1/operations/{service}/views`.',
    ],
    ['服务没有该视图', '地址中的视图不属于该服务。', '请使用 `GET /v1/operations/{service}/views` 中列出的名称。'],
  ),
  'rebuild-none': page(
    [
      'This view is not being rebuilt',
      'There is no generation to pause, resume or abort: none was begun, or it took the live one’s place already.',
      'Look at `GET /v1/operations/{service}/views`; begin a rebuild with `:rebuild`.',
    ],
    [
      '该视图未在重建',
      '没有可暂停、继续或放弃的世代：尚未开始，或已替换在用世代。',
      '请查看 `GET /v1/operations/{service}/views`；用 `:rebuild` 开始重建。',
    ],
  ),
  'rebuild-waits': page(
    [
      'A rebuild of this view is under way',
      'A view has one rebuild at a time, and this one is being filled, is paused, or is full and waits.',
      'Let it end, resume it, or abort it; then ask again.',
    ],
    ['该视图正在重建', '每个视图同时只能有一次重建；当前的重建正在填充、已暂停，或已填满并等待。', '请等待其完成，或继续、放弃它，然后重试。'],
  ),
  'rebuild-needed': page(
    [
      'This build needs that rebuild',
      'The generation is of the version that this build reads; without it the service would never be ready.',
      'Pause it, or deploy the older build and abort it there.',
    ],
    ['当前版本需要此次重建', '该世代属于当前程序读取的视图版本；没有它，服务将无法就绪。', '请暂停重建，或部署旧版本程序后在那里放弃。'],
  ),
  'rebuild-not-full': page(
    [
      'There is no full generation to compare',
      'Only a generation that is full and waits can be compared with the live one.',
      'Begin a rebuild with `{"compare": true}` and ask again once its state is FILLED.',
    ],
    ['没有可比较的已填满世代', '只有已填满并等待的世代才能与在用世代比较。', '请以 `{"compare": true}` 开始重建，待状态为 FILLED 后重试。'],
  ),
  'rebuild-busy': page(
    [
      'A projector is in the middle of a batch',
      'The view’s place could not be held in time; nothing was changed.',
      'Try again. Where it stays so, look at the database: something holds a lock for long.',
    ],
    ['投影程序正在处理一批事件', '未能及时锁定视图的位置，未作任何更改。', '请重试；若持续如此，请检查数据库中长时间持有的锁。'],
  ),
  'nothing-kept': page(
    [
      'There is no generation to go back to',
      'Only a generation of the live version is kept after a swap, until the next rebuild, an abort, or a start a day later.',
      'To go back to an older definition, give it a higher version number and deploy that build.',
    ],
    [
      '没有可退回的世代',
      '替换后只保留与在用版本相同的世代，直至下次重建、放弃，或一天后的启动。',
      '要退回较旧的定义，请为其指定更高的版本号并部署该程序。',
    ],
  ),
  'view-version-differs': page(
    [
      'Another version of the view is live',
      'The process that answered has another version of this view than the one that is read: a deployment is under way.',
      'Wait until all processes have the same build and its generation is live.',
    ],
    ['在用的是视图的另一版本', '应答的进程与在用视图的版本不同：部署正在进行。', '请等待所有进程使用同一版本程序且其世代在用。'],
  ),
};
