import { parseArgs } from 'node:util';
import { run, Trouble } from './trouble.ts';
import { dataFolder, readJson, type Installation } from './up/data-folder.ts';
import { signToken } from './up/issuer.ts';
import { roleNames } from './up/role-names.ts';

await run(async () => {
  const { values } = parseArgs({ options: { role: { type: 'string', multiple: true }, subject: { type: 'string' } } });
  const all = await roleNames();
  const unknown = values.role?.find((role) => !all.includes(role));
  if (unknown !== undefined) throw new Trouble(`There is no role ${unknown}. The roles are ${all.join(', ')}.`);
  if (values.subject !== undefined && !/^[\x21-\x7e]{1,200}$/.test(values.subject))
    throw new Trouble('A subject is 1 to 200 printable characters without blanks.');
  const folder = dataFolder();
  const installation = readJson<Installation>(`${folder}/installation.json`);
  if (!installation) throw new Trouble(`There is no installation in ${folder} yet. Start once: npm start (GUANXI_DATA names another folder).`);
  console.log(signToken(folder, installation.namespace, { sub: values.subject ?? 'developer', roles: values.role ?? all }));
});
