// SPDX-License-Identifier: PostgreSQL
// What is wrong with a META.json of PGXN, a line a fault: package_meta.mjs FOLDER VERSION
// No client checks it: https://pgxn.org/spec/ says what must stand there.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const [folder, version] = process.argv.slice(2);
const meta = JSON.parse(readFileSync(path.join(folder, 'META.json'), 'utf8'));
const faults = [];
const check = (right, fault) => right || faults.push(fault);
const semantic = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[A-Za-z][0-9A-Za-z-]*)?$/;
const licenses = ['agpl_3', 'apache_1_1', 'apache_2_0', 'artistic_1', 'artistic_2', 'bsd', 'freebsd', 'gfdl_1_2', 'gfdl_1_3', 'gpl_1', 'gpl_2',
    'gpl_3', 'lgpl_2_1', 'lgpl_3_0', 'mit', 'mozilla_1_0', 'mozilla_1_1', 'openssl', 'perl_5', 'postgresql', 'qpl_1_0', 'ssleay', 'sun', 'zlib',
    'open_source', 'restricted', 'unrestricted', 'unknown'];

for (const key of ['name', 'abstract', 'maintainer', 'version', 'license', 'provides', 'meta-spec'])
    check(meta[key] !== undefined && meta[key] !== '', `${key} is missing`);
check(/^[^\s/\\\x00-\x1f]{2,}$/.test(meta.name ?? ''), `name ${meta.name}`);
check(semantic.test(meta.version ?? ''), `version ${meta.version} has not three parts`);
check(meta.version === version, `version ${meta.version} is not ${version}, which the control file has`);
check([meta.license].flat().every((license) => licenses.includes(license)), `license ${meta.license}`);
check(['stable', 'testing', 'unstable'].includes(meta.release_status ?? 'stable'), `release_status ${meta.release_status}`);
check(meta['meta-spec']?.version === '1.0.0', `meta-spec ${meta['meta-spec']?.version}`);
check(Object.keys(meta.provides ?? {}).includes('bedrock_cost'), 'provides no extension bedrock_cost');
for (const [name, provided] of Object.entries(meta.provides ?? {})) {
    check(provided.version === meta.version, `${name} has version ${provided.version}`);
    for (const key of ['file', 'docfile'])
        check(key === 'docfile' && !provided[key] || existsSync(path.join(folder, provided[key] ?? 'none')), `${name}: there is no ${key} ${provided[key]}`);
}
for (const [phase, { requires = {} }] of Object.entries(meta.prereqs ?? {}))
    for (const [name, least] of Object.entries(requires)) check(least === 0 || semantic.test(least), `${phase} requires ${name} ${least}`);
check(!JSON.stringify(meta).includes('@'), 'a word between @ was not replaced');
if (faults.length) console.log(faults.join('\n'));
